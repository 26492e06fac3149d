import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attacks } from './attacks.ts';
import { judgeCovers } from './covers-targets.ts';
import { measureWorlds, warmUp } from './covers-worlds.ts';
import { describeMachine } from './machine.ts';
import { runAttack } from './run-attack.ts';
import { runFirst } from './run-first.ts';

/** Worlds of each size: `--seeds=6` for a look at it on a busy machine. */
const SEEDS = Number(process.argv.find((arg) => arg.startsWith('--seeds='))?.slice(8) ?? 60);
const TOKEN = 100;
const ATTACK_RUNS = 3;
const FIRST_RUNS = 5;

warmUp();
const worlds = [100, 1_000, 10_000].flatMap((issuer) =>
  [true, false].map((covered) => measureWorlds(issuer, TOKEN, { covered, seeds: SEEDS })),
);
const processes = [true, false].map((covered) => runFirst(10_000, TOKEN, { covered, times: FIRST_RUNS }));
const attacked = Object.keys(attacks).flatMap((attack) =>
  (['covers', 'diff'] as const).map((asked) => runAttack(attack, asked, ATTACK_RUNS)),
);
const targets = judgeCovers(worlds, attacked);

const directory = join(import.meta.dirname, '..', process.argv.includes('--keep') ? 'results' : 'test-output');
mkdirSync(directory, { recursive: true });
const machine = describeMachine();
const result = {
  machine,
  seeds: SEEDS,
  firstRuns: FIRST_RUNS,
  attackRuns: ATTACK_RUNS,
  worlds,
  processes,
  attacks: attacked,
  targets,
};
writeFileSync(join(directory, 'covers.json'), `${JSON.stringify(result, null, 2)}\n`);
console.log(machine);
console.table(
  worlds.map(({ first, later, ...world }) => ({
    ...world,
    'first, median': first.median,
    'first, 99 %': first.p99,
    'later, median': later.median,
    'later, 99 %': later.p99,
  })),
);
for (const { issuer, token, covered, ms } of processes) {
  console.log(`the very first of a process, ${token} by ${issuer}, covered ${covered}: ${ms.toFixed(1)} ms`);
}
console.table(attacked);
for (const { target, measured, met } of targets) console.log(`${met ? 'met   ' : 'MISSED'}  ${target}: ${measured}`);
