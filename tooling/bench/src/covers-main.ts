import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attacks } from './attacks.ts';
import { judgeCovers } from './covers-targets.ts';
import { measureWorlds, warmUp } from './covers-worlds.ts';
import { describeMachine } from './machine.ts';
import { runAttack } from './run-attack.ts';

const SEEDS = 7;
const TOKEN = 100;
const ATTACK_RUNS = 3;

warmUp();
const worlds = [100, 1_000, 10_000].flatMap((issuer) =>
  [true, false].map((covered) => measureWorlds(issuer, TOKEN, { covered, seeds: SEEDS })),
);
const attacked = Object.keys(attacks).map((attack) => runAttack(attack, ATTACK_RUNS));
const targets = judgeCovers(worlds, attacked);

const directory = join(import.meta.dirname, '..', process.argv.includes('--keep') ? 'results' : 'test-output');
mkdirSync(directory, { recursive: true });
const machine = describeMachine();
const result = { machine, seeds: SEEDS, attackRuns: ATTACK_RUNS, worlds, attacks: attacked, targets };
writeFileSync(join(directory, 'covers.json'), `${JSON.stringify(result, null, 2)}\n`);
console.log(machine);
console.table(worlds);
console.table(attacked);
for (const { target, measured, met } of targets) console.log(`${met ? 'met   ' : 'MISSED'}  ${target}: ${measured}`);
