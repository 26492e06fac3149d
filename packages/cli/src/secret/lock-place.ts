import { open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { fail } from '../failure/cli-failure.ts';

/** A run that ended without letting go is taken for dead after this time; none takes as long. */
const staleAfterMs = 10 * 60_000;

/**
 * Keeps other runs away from a place until the answer is called: of two that ask for the same secret at once the later
 * answer replaces the earlier one's, and the place must not keep the earlier. @throws CliFailure
 */
export const lockPlace = async (path: string): Promise<() => Promise<void>> => {
  const lock = `${path}.lock`;
  const mine = JSON.stringify({ pid: process.pid, host: hostname() });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const file = await open(lock, 'wx', 0o600);
      await file.writeFile(mine);
      await file.close();
      return () => unlink(lock).catch(() => undefined);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') throw fail('FILE_UNWRITABLE', { path: lock, because: code ?? '' });
      if (attempt === 3 || !(await isAbandoned(lock))) throw fail('PLACE_LOCKED', { path: lock });
      // Of several that find it abandoned one gets to rename it.
      const aside = `${lock}.${process.pid}`;
      await rename(lock, aside).then(
        () => unlink(aside),
        () => undefined,
      );
    }
  }
};

const isAbandoned = async (lock: string): Promise<boolean> => {
  try {
    const { mtimeMs } = await stat(lock);
    if (Date.now() - mtimeMs > staleAfterMs) return true;
    const { pid, host } = JSON.parse(await readFile(lock, 'utf8')) as { readonly pid: unknown; readonly host: unknown };
    // Of another machine nobody can tell whether its process lives.
    return host === hostname() && typeof pid === 'number' && !isRunning(pid);
  } catch (error) {
    // Gone in the meantime: to be tried again. Half written: somebody has it just now.
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
};
