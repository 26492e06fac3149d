import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises';
import { fail } from '../failure/cli-failure.ts';

/** A place that is known to be writable before what it shall hold exists. */
export interface PreparedFile {
  /** Puts the text there, whole or not at all, and on disk before it returns. */
  readonly write: (text: string) => Promise<void>;
  readonly drop: () => Promise<void>;
}

export interface FileOwner {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Prepares a file of mode 0600 (or of `like`). A file that is there is replaced: it may have been readable by others, and
 * a change of its mode would come too late. What is no plain file (a device, a folder, a link) is refused: renaming over
 * `/dev/stdout` would destroy it for everybody. @throws CliFailure
 */
export const prepareFile = async (path: string, like?: FileOwner): Promise<PreparedFile> => {
  const unwritable = (error: NodeJS.ErrnoException) => fail('FILE_UNWRITABLE', { path, because: error.code ?? '' });
  const there = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw unwritable(error);
  });
  if (there !== null && !there.isFile()) throw fail('FILE_NOT_PLAIN', { path });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(temporary, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw unwritable(error);
  });
  const drop = async () => {
    await file.close();
    await unlink(temporary);
  };
  return {
    write: async (text) => {
      try {
        await file.writeFile(text);
        if (like !== undefined) await dressAs(file, like);
        await file.sync();
        await file.close();
        await rename(temporary, path);
      } catch (error) {
        await drop().catch(() => undefined);
        throw unwritable(error as NodeJS.ErrnoException);
      }
    },
    drop,
  };
};

const dressAs = async (file: FileHandle, { mode, uid, gid }: FileOwner): Promise<void> => {
  // The owner first: a change of owner takes bits off the mode. Only root may do it; for others it is theirs already.
  if (process.getuid?.() === 0) await file.chown(uid, gid);
  await file.chmod(mode & 0o777);
};
