import { readFile, realpath, stat } from 'node:fs/promises';
import { fail } from '../failure/cli-failure.ts';
import { type PreparedFile, prepareFile } from './prepare-file.ts';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Prepares a line `NAME=…` of an env file: every line that sets the name is replaced, all others and the file's mode are
 * kept; where there is none it goes to the end. A link is followed, as an editor would. @throws CliFailure
 */
export const prepareEnvLine = async (path: string, name: string): Promise<PreparedFile> => {
  if (!VARIABLE.test(name)) throw fail('VARIABLE_NAME_INVALID', { name });
  const target = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return path;
    throw fail('FILE_UNREADABLE', { path, because: error.code ?? '' });
  });
  const owner = await stat(target).catch(() => undefined);
  if (owner !== undefined) await readOr(target);
  const file = await prepareFile(target, owner);
  return {
    // Read again now: somebody may have edited the file while the secret was made.
    write: async (text) => file.write(withLine(await readOr(target), name, text)),
    drop: file.drop,
  };
};

/** What an env file holds; nothing where it does not exist yet. */
const readOr = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw fail('FILE_UNREADABLE', { path, because: code ?? '' });
  }
};

/** The text of an env file with `name` set to `value`, which needs no quotes: a token is letters, digits and `_`. */
export const withLine = (text: string, name: string, value: string): string => {
  const setting = new RegExp(`^([ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=)[^\\r\\n]*`, 'gm');
  // A function: a token holds no `$`, but a replacement's text would have a grammar of its own.
  if (setting.test(text)) return text.replace(setting, (_, before: string) => `${before}${value}`);
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const between = text === '' || text.endsWith('\n') ? '' : end;
  return `${text}${between}${name}=${value}${end}`;
};
