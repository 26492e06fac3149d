import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchDecide } from './decide.ts';
import { decideTable } from './decide-table.ts';
import { judgeDecide } from './decide-targets.ts';
import { engines } from './engines/engines.ts';
import { describeMachine } from './machine.ts';
import { weigh } from './weigh.ts';

const world = { seed: 1, requests: 1_000 };
const options = { sizes: [10, 100, 1_000, 10_000], ...world, rounds: 20, roundMs: 100 };
const rows = await benchDecide(engines, options, console.log);
// Weighed afterwards: code that has met ten thousand statements is compiled for them, and slower on ten.
const weights = options.sizes.map((size) => weigh(size, world));
const targets = judgeDecide(rows, weights);

const directory = join(import.meta.dirname, '..', process.argv.includes('--keep') ? 'results' : 'test-output');
mkdirSync(directory, { recursive: true });
const machine = describeMachine();
const result = { machine, unit: 'microseconds a decision', ...options, rows, weights, targets };
writeFileSync(join(directory, 'decide.json'), `${JSON.stringify(result, null, 2)}\n`);
console.log(`\n${machine}, microseconds a decision\n\n${decideTable(rows)}\n`);
console.table(weights);
for (const { target, measured, met } of targets) console.log(`${met ? 'met   ' : 'MISSED'}  ${target}: ${measured}`);
