import { mkdir, open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail } from '../failure/cli-failure.ts';
import { prepareFile } from '../secret/prepare-file.ts';
import { isProfileName, type Profile, profileSchema } from './profile.ts';

/** @throws CliFailure for a name that would be more than a file's name. */
export const profilePath = (configFolder: string, name: string): string => {
  if (!isProfileName(name)) throw fail('PROFILE_NAME_INVALID', { name });
  return join(configFolder, `${name}.json`);
};

/**
 * The profile in a file, or `null` where there is none. One that others can read is refused, not mended: its token may
 * have been read already. @throws CliFailure
 */
export const readProfile = async (path: string): Promise<Profile | null> => {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw fail('FILE_UNREADABLE', { path, because: error.code ?? '' });
  });
  if (file === null) return null;
  try {
    // Of the opened file, not of the path: between the two it could have been another one.
    const { mode, uid } = await file.stat();
    const ours = process.getuid?.();
    // Windows has neither modes nor user ids.
    if (ours !== undefined) {
      if ((mode & 0o077) !== 0) throw fail('PROFILE_EXPOSED', { path });
      if (uid !== ours) throw fail('PROFILE_OF_ANOTHER', { path });
    }
    return parse(await file.readFile('utf8'), path);
  } finally {
    await file.close();
  }
};

const parse = (text: string, path: string): Profile => {
  try {
    return profileSchema.parse(JSON.parse(text));
  } catch {
    // The cause is left out: a parser quotes what it could not read, and that is a token.
    throw fail('PROFILE_UNREADABLE', { path });
  }
};

/** Replaces the file, mode 0600, whole or not at all; only its owner gets into a folder that is made for it. @throws CliFailure */
export const writeProfile = async (path: string, profile: Profile): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw fail('FILE_UNWRITABLE', { path, because: error.code ?? '' });
  });
  const file = await prepareFile(path);
  await file.write(`${JSON.stringify(profile, null, 2)}\n`);
};

/** `false` where there was none. */
export const removeProfile = async (path: string): Promise<boolean> => {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw fail('FILE_UNWRITABLE', { path, because: code ?? '' });
  }
};
