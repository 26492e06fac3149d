import { randomBytes } from 'node:crypto';
import { lstat, open, rename, unlink } from 'node:fs/promises';
import { CommandFailed } from './exit.ts';

/**
 * Makes sure that a secret can be written before it is minted, and writes it to a file of mode 0600, whole or not at all.
 * A file that is there is replaced: it may have been readable by others, and a change of its mode would come too late.
 * What is no plain file (a device, a folder, a link) is refused: a rename over `/dev/stdout` would end it for everybody.
 */
export const prepareSecretFile = async (
  path: string,
): Promise<{ readonly write: (text: string) => Promise<void>; readonly drop: () => Promise<void> }> => {
  const there = await lstat(path).catch(() => null);
  if (there !== null && !there.isFile()) throw new CommandFailed(`${path} is no plain file; name another one.`);
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(temporary, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(`${path} can't be written (${error.code ?? 'unknown'}).`, { cause: error });
  });
  return {
    write: async (text) => {
      await file.writeFile(`${text}\n`);
      await file.sync();
      await file.close();
      await rename(temporary, path);
    },
    drop: async () => {
      await file.close();
      await unlink(temporary);
    },
  };
};
