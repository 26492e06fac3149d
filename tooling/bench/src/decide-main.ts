import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchDecide } from './decide.ts';
import { decideTable } from './decide-table.ts';
import { engines } from './engines/engines.ts';
import { describeMachine } from './machine.ts';

const options = { sizes: [10, 100, 1_000, 10_000], seed: 1, requests: 1_000, rounds: 5, roundMs: 100 };
const rows = await benchDecide(engines, options, console.log);
const directory = join(import.meta.dirname, '..', process.argv.includes('--keep') ? 'results' : 'test-output');
mkdirSync(directory, { recursive: true });
writeFileSync(
  join(directory, 'decide.json'),
  `${JSON.stringify({ machine: describeMachine(), unit: 'microseconds a decision', ...options, rows }, null, 2)}\n`,
);
console.log(`\n${describeMachine()}, microseconds a decision\n\n${decideTable(rows)}`);
