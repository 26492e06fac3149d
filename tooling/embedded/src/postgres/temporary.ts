import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, isAlive, type ProcessIdentity, stopProcess } from '@latchkey/bootstrap/process';
import { readPostmaster } from './postmaster.ts';

export const temporaryPrefix = 'latchkey-postgres-';

/** Writes down whose folder it is, so that a later run knows when nobody needs it. */
export const claimTemporaryFolder = (folder: string): void => {
  // PostgreSQL may run as another account, which has to pass through.
  chmodSync(folder, 0o711);
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(identifyProcess(process.pid)));
};

const readOwner = (folder: string): ProcessIdentity | undefined => {
  try {
    return JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as ProcessIdentity;
  } catch {
    // Without an owner it is being made just now, or is not ours: either way not to be touched.
    return undefined;
  }
};

/** A test run that was killed leaves its server and its folder behind: the next one tidies up. */
export const removeAbandonedFolders = async (parent = tmpdir()): Promise<readonly string[]> => {
  const removed: string[] = [];
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(temporaryPrefix))) {
    const folder = join(parent, name);
    const owner = readOwner(folder);
    if (owner === undefined || isAlive(owner)) continue;
    const server = readPostmaster(join(folder, 'cluster'));
    try {
      if (server !== undefined) await stopProcess(server.process, [{ signal: 'SIGQUIT', waitMs: 5_000 }]);
      rmSync(folder, { recursive: true, force: true });
      removed.push(folder);
    } catch {
      // Another account's, or another run tidies it at the same moment.
    }
  }
  return removed;
};
