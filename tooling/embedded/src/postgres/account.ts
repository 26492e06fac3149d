import { type SpawnOptions, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whom PostgreSQL runs as: the caller, or for root somebody else, because PostgreSQL refuses to run as root. */
export type Account = {
  /** The account that has to own the cluster's files; undefined where the caller does. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly command: (program: string, args: readonly string[]) => readonly [string, readonly string[], SpawnOptions];
};

const readAccount = (): { uid: number; gid: number } | undefined => {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
    // macOS writes nobody as -2.
    if (fields !== undefined) return { uid: Number(fields[2]) >>> 0, gid: Number(fields[3]) >>> 0 };
  }
  return undefined;
};

const isReachableByOthers = (path: string): boolean => {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
};

const hasSetpriv = () => spawnSync('setpriv', ['--version'], { stdio: 'ignore' }).status === 0;

/**
 * `paths` are the programs and the folder that the account must be able to reach. A checkout under /root is closed to everybody else:
 * there the account keeps the one capability that opens folders (capabilities(7): CAP_DAC_OVERRIDE, as an ambient capability).
 */
export const chooseAccount = (paths: readonly string[]): Account => {
  if (process.getuid?.() !== 0) {
    return { owner: undefined, command: (program, args) => [program, args, {}] };
  }
  const owner = readAccount();
  if (owner === undefined) {
    throw new Error(
      'PostgreSQL refuses to run as root, and there is neither a `postgres` nor a `nobody` account here.',
    );
  }
  if (paths.every(isReachableByOthers)) {
    return { owner, command: (program, args) => [program, args, owner] };
  }
  if (!hasSetpriv()) {
    throw new Error(
      'PostgreSQL refuses to run as root, and another account can not reach this folder. Move the checkout out of root’s home, or set DATABASE_URL.',
    );
  }
  const keep = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  const capabilities = ['--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override'];
  // initdb asks access(2) whether it may run `postgres`, and that call sets capabilities aside unless told not to (capabilities(7)).
  const bits = ['--securebits=+no_setuid_fixup'];
  return { owner, command: (program, args) => ['setpriv', [...keep, ...capabilities, ...bits, program, ...args], {}] };
};
