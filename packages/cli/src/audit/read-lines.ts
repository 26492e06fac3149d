import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fail } from '../failure/cli-failure.ts';

/** The lines of a file that may be of any size, with their numbers from 1; empty ones are left out. @throws CliFailure */
export const readLines = async function* (path: string): AsyncGenerator<readonly [number: number, line: string]> {
  let number = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
      number += 1;
      if (line !== '') yield [number, line];
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw fail('FILE_UNREADABLE', { path, because: code });
  }
};

/** `undefined` for what is no JSON. */
export const parseLine = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
