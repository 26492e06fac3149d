import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { identifyProcess, type ProcessIdentity } from '@latchkey/bootstrap/process';

const readParent = (pid: number): { parent: number; command: string } | undefined => {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return { parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
    }
    const line = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [, parent = '', command = ''] = /^(\d+)\s+(.*)$/s.exec(line) ?? [];
    return { parent: Number(parent), command };
  } catch {
    return undefined;
  }
};

/**
 * The processes that `npm start` consists of above this one: bootstrap, the shell that npm puts in between, npm. Whoever kills npm
 * outright means all of it, yet no signal reaches us then: we have to look whether they still live.
 */
export const findLaunchers = (pid = process.pid): readonly ProcessIdentity[] => {
  const launchers: ProcessIdentity[] = [];
  let current = readParent(pid)?.parent;
  let pending: ProcessIdentity[] = [];
  for (let step = 0; step < 4 && current !== undefined && current > 1; step += 1) {
    const seen = readParent(current);
    const identity = identifyProcess(current);
    if (seen === undefined || identity === undefined) break;
    pending.push(identity);
    // A shell counts only where npm stands behind it: somebody's own shell is not part of the start.
    if (/bootstrap\/start\.mjs/.test(seen.command) || /\bnpm(-cli\.js)?\b/.test(seen.command)) {
      launchers.push(...pending);
      pending = [];
    } else if (!/\b(da|ba|z)?sh\b/.test(seen.command)) {
      break;
    }
    if (/\bnpm(-cli\.js)?\b/.test(seen.command) && !/bootstrap\/start\.mjs/.test(seen.command)) break;
    current = seen.parent;
  }
  return launchers;
};
