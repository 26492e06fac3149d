import { readFile } from 'node:fs/promises';
import { fail } from '../failure/cli-failure.ts';
import type { Desk } from '../output/desk.ts';
import type { World } from '../world.ts';
import { readHidden } from './read-hidden.ts';

const LONGEST = 4_096;

/**
 * A secret from a file, a hidden prompt or standard input; never from an argument. The line's end that editors and
 * `echo` put behind it is taken off, nothing else: exactly one text authenticates (ONE-TEXT). @throws CliFailure
 */
export const readSecret = async (
  { stdin }: Pick<World, 'stdin'>,
  desk: Desk,
  { file, prompt }: { readonly file?: string | undefined; readonly prompt: string },
): Promise<string> => {
  if (file !== undefined && file !== '-') return readSecretFile(file);
  if (!stdin.isTTY) return withoutLineEnd(await readAll(stdin));
  try {
    return await readHidden(stdin, () => desk.ask(prompt));
  } finally {
    // The end of line that was typed was not shown either.
    await desk.notice('');
  }
};

export const readSecretFile = async (path: string): Promise<string> => {
  try {
    return withoutLineEnd((await readFile(path, 'utf8')).slice(0, LONGEST));
  } catch (error) {
    throw fail('FILE_UNREADABLE', { path, because: (error as NodeJS.ErrnoException).code ?? '' });
  }
};

export const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

const readAll = async (stdin: World['stdin']): Promise<string> => {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > LONGEST) break;
  }
  return text;
};
