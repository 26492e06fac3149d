// One attack in a process of its own, so that its peak of memory is its own: `attack-main.ts NAME`, a line of JSON.
import { covers } from '@latchkey/core/policy';
import { attacks } from './attacks.ts';
import { cpuMs } from './cpu.ts';

const create = attacks[process.argv[2] ?? ''];
if (create === undefined) throw new Error('There is no attack of that name.');
const [outer, inner] = create();
globalThis.gc?.();
const before = process.memoryUsage().rss;
const start = cpuMs();
const { covered } = covers(outer, inner);
const ms = cpuMs() - start;
// `maxRSS` is in kilobytes; it never goes down.
const peakMb = Math.max(0, process.resourceUsage().maxRSS * 1_024 - before) / 2 ** 20;
process.stdout.write(`${JSON.stringify({ covered, ms, peakMb })}\n`);
