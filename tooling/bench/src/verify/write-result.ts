import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';

/** Where a command writes what it has measured: to `results`, which is committed, with `--keep`. */
export const writeResult = (name: string, result: object): void => {
  const folder = join(import.meta.dirname, '..', '..', process.argv.includes('--keep') ? 'results' : 'test-output');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `${JSON.stringify(result, null, 2)}\n`);
};

/** How many programs wanted to run beside, at the beginning and at the end. */
export const loadAverage = (): number => Math.round((loadavg()[0] ?? 0) * 10) / 10;
