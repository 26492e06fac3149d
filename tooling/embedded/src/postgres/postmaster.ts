import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
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
  return { process, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
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
