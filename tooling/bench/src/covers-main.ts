import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { covers } from '@latchkey/core/policy';
import { attacks } from './attacks.ts';
import { createCoversWorld } from './covers-world.ts';
import { toPermissions } from './engines/latchkey.ts';
import { describeMachine } from './machine.ts';

const SEEDS = 3;
const TOKEN = 100;
/** The clock of CPU time ticks in milliseconds on some systems. */
const REPEATS = 10;

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] as number;

const worlds = [100, 1_000, 10_000].flatMap((issuerSize) =>
  [false, true].map((excess) => {
    const times: number[] = [];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { issuer, token } = createCoversWorld(issuerSize, TOKEN, { seed, excess });
      const [outer, inner] = [toPermissions(issuer), toPermissions(token)];
      const start = cpuMs();
      let covered = covers(outer, inner).covered;
      for (let i = 1; i < REPEATS; i += 1) covered = covers(outer, inner).covered;
      times.push((cpuMs() - start) / REPEATS);
      if (covered !== !excess) throw new Error(`${issuerSize} statements, seed ${seed}: ${covered}`);
    }
    return { issuer: issuerSize, token: TOKEN, covered: !excess, medianMs: median(times), worstMs: Math.max(...times) };
  }),
);

const attacked = attacks.map(({ name, create }) => {
  const [outer, inner] = create();
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const start = cpuMs();
  const { covered } = covers(outer, inner);
  const ms = cpuMs() - start;
  return { attack: name, covered, ms, heapMb: (process.memoryUsage().heapUsed - before) / 2 ** 20 };
});

const directory = join(import.meta.dirname, '..', process.argv.includes('--keep') ? 'results' : 'test-output');
mkdirSync(directory, { recursive: true });
const result = { machine: describeMachine(), seeds: SEEDS, worlds, attacks: attacked };
writeFileSync(join(directory, 'covers.json'), `${JSON.stringify(result, null, 2)}\n`);
console.log(describeMachine());
console.table(worlds);
console.table(attacked);
