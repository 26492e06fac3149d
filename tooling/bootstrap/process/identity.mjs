import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** @typedef {import('./index.d.mts').ProcessIdentity} ProcessIdentity */

/**
 * The start time of a process as an opaque text, or undefined where no such process lives (a zombie counts as dead).
 * Linux: boot id and start tick of /proc/<pid>/stat (proc(5), field 22); elsewhere what `ps` says, in seconds.
 *
 * @param {number} pid
 * @returns {string | undefined}
 */
const readStartTime = (pid) => {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform !== 'linux') {
    try {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
    } catch {
      return undefined;
    }
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
};

/**
 * @param {number} pid
 * @returns {ProcessIdentity | undefined}
 */
export const identifyProcess = (pid) => {
  const startedAt = readStartTime(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
};

/**
 * A process id alone is not enough: the system gives it to someone else after a crash or a reboot.
 *
 * @param {ProcessIdentity} identity
 */
export const isAlive = (identity) => readStartTime(identity.pid) === identity.startedAt;
