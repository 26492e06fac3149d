import { once } from 'node:events';
import type { Kind, Question, Reply, Setting } from './measure-warm.ts';
import { drawTexts } from './race.ts';
import { createRunner, linesOf } from './warm-runners.ts';

// One way to verify, in a process of its own: `warm-main.ts`, told what to do over its channel.
const say = (reply: Reply) => void process.send?.(reply);

const [setting] = (await once(process, 'message')) as [Setting & { readonly kind: Kind }];
const runner = await createRunner(setting.kind, setting);
const invalid = linesOf(setting.invalidFile);
const texts = drawTexts(linesOf(setting.validFile), invalid, setting.draws, 7);
say({ ready: true, heapBytes: runner.heapBytes });

const runLap = async () => {
  globalThis.gc?.();
  // To collect a large heap's garbage may take longer than a lease.
  do await new Promise((resume) => setTimeout(resume, 10));
  while (!runner.isReady());
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  await runner.pass(texts);
  const wallNs = Number(process.hrtime.bigint() - wall) / texts.length;
  const { user, system } = process.cpuUsage(cpu);
  return { cpuNs: ((user + system) * 1_000) / texts.length, wallNs };
};

process.on('message', async (question: Question) => {
  if (question === 'lap') return say({ lap: await runLap() });
  say({ end: await runner.end(invalid) });
  process.disconnect();
});
