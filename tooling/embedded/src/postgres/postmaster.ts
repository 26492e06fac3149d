import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identifyProcess, type ProcessIdentity } from '@latchkey/bootstrap/process';

export type Postmaster = { readonly process: ProcessIdentity; readonly port: number; readonly ready: boolean };

/**
 * The PostgreSQL that runs on this cluster folder, as its own lock file tells (postmaster.pid: line 1 the process, 4 the port, 8 the
 * state). Undefined where nobody does: a file that a crash left behind, with a process id that belongs to someone else by now.
 */
export const readPostmaster = (cluster: string): Postmaster | undefined => {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const process = identifyProcess(Number(lines[0]));
  if (process === undefined || !worksIn(process.pid, cluster)) return undefined;
  // `standby` is as ready as it gets for one that recovers and answers queries meanwhile.
  return { process, port: Number(lines[3]), ready: ['ready', 'standby'].includes(lines[7]?.trim() ?? '') };
};

/** PostgreSQL's working directory is its cluster folder. Where the system does not tell (macOS), the lock file is believed. */
const worksIn = (pid: number, cluster: string): boolean => {
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return false;
  }
};

/** Any process of this cluster, a backend that outlives its postmaster too. */
const isAnyoneIn = (cluster: string): boolean =>
  readdirSync('/proc').some((name) => {
    const identity = /^\d+$/.test(name) ? identifyProcess(Number(name)) : undefined;
    return identity !== undefined && worksIn(identity.pid, cluster);
  });

/**
 * Removes the lock file of a PostgreSQL that was killed. PostgreSQL does so itself, unless the process id in it answers: that of a dead
 * process which nobody has reaped (a container's first process often doesn't), or of somebody else by now. Never while one process of
 * the cluster lives: two servers on the same files would ruin them. Where that can't be seen (macOS), PostgreSQL decides.
 */
export const discardStaleLock = async (cluster: string): Promise<void> => {
  if (process.platform !== 'linux' || readPostmaster(cluster) !== undefined) return;
  const deadline = performance.now() + 5_000;
  while (isAnyoneIn(cluster)) {
    if (performance.now() > deadline) return;
    await delay(50);
  }
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
};
