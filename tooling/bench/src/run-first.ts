import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createCoversWorld } from './covers-world.ts';

export interface FirstResult {
  readonly issuer: number;
  readonly token: number;
  readonly covered: boolean;
  /** Milliseconds, by the clock: nothing is compiled for the machine yet. Of several processes the least. */
  readonly ms: number;
}

/** The very first comparison of a process, several times, each in a new one. */
export const runFirst = (
  issuer: number,
  token: number,
  options: { readonly covered: boolean; readonly times: number },
): FirstResult => {
  const input = JSON.stringify(createCoversWorld(issuer, token, { seed: 1, excess: !options.covered }));
  const results = Array.from({ length: options.times }, () => {
    const args = [...process.execArgv, join(import.meta.dirname, 'first-main.ts')];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', input })) as Omit<FirstResult, 'issuer'>;
  });
  if (results.some(({ covered }) => covered !== options.covered))
    throw new Error('A world was not what it was meant to be.');
  return { issuer, token, covered: options.covered, ms: Math.min(...results.map(({ ms }) => ms)) };
};
