// One attack in a process of its own, so that its peak of memory is its own: `attack-main.ts NAME covers|diff`, a line of
// JSON.
import { covers, diffPermissions } from '@latchkey/core/policy';
import { attacks } from './attacks.ts';
import { cpuMs } from './cpu.ts';

const create = attacks[process.argv[2] ?? ''];
if (create === undefined) throw new Error('There is no attack of that name.');
const [outer, inner] = create();
globalThis.gc?.();
const before = process.memoryUsage().rss;
const start = cpuMs();
const answer = process.argv[3] === 'diff' ? diffOf() : covers(outer, inner).covered;
const ms = cpuMs() - start;
// `maxRSS` is in kilobytes; it never goes down.
const peakMb = Math.max(0, process.resourceUsage().maxRSS * 1_024 - before) / 2 ** 20;
process.stdout.write(`${JSON.stringify({ answer, ms, peakMb })}\n`);

function diffOf(): string {
  const { gained, lost, complete } = diffPermissions(inner, outer);
  return `${gained.length} gained, ${lost.length} lost${complete ? '' : ', not complete'}`;
}
