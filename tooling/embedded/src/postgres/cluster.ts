import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, chooseAccount } from './account.ts';
import { findPostgresBinaries } from './binaries.ts';

/** The folder of one PostgreSQL: `cluster/` is PostgreSQL's own, beside it the superuser's password (0600) and the log. */
export type Cluster = {
  readonly folder: string;
  readonly data: string;
  readonly log: string;
  readonly password: string;
  readonly account: Account;
  readonly postgres: string;
};

const makeFolder = (folder: string, account: Account) => {
  mkdirSync(folder, { recursive: true });
  if (account.owner !== undefined) chownSync(folder, account.owner.uid, account.owner.gid);
};

const run = (account: Account, program: string, args: readonly string[]) =>
  new Promise<void>((resolve, reject) => {
    const [command, commandArgs, options] = account.command(program, args);
    const child = spawn(command, commandArgs, { ...options, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}:\n${output.trim()}`)),
    );
  });

/** Makes the cluster where there is none yet (about a second); a half-made one of a killed start is thrown away first. */
export const prepareCluster = async (folder: string): Promise<Cluster> => {
  mkdirSync(folder, { recursive: true });
  const { postgres, initdb } = findPostgresBinaries();
  const account = chooseAccount([postgres, folder]);
  const data = join(folder, 'cluster');
  const passwordFile = join(folder, 'superuser-password');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const making = `${data}.making`;
    for (const path of [making, data, passwordFile]) rmSync(path, { recursive: true, force: true });
    const password = randomBytes(24).toString('base64url');
    const given = `${making}.password`;
    writeFileSync(given, `${password}\n`, { mode: 0o600 });
    if (account.owner !== undefined) chownSync(given, account.owner.uid, account.owner.gid);
    makeFolder(making, account);
    // The built-in collation sorts the same on every machine; the locale of the machine would not (PostgreSQL 17, "Locale Providers").
    await run(account, initdb, [
      ...['-D', making, '-U', 'postgres', `--pwfile=${given}`, '--auth=scram-sha-256', '--encoding=UTF8'],
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions', '--no-sync'],
    ]);
    // The password is in place before the cluster has its name: a start that is killed here begins again.
    renameSync(given, passwordFile);
    if (account.owner !== undefined) chownSync(passwordFile, 0, 0);
    renameSync(making, data);
  }
  const password = readFileSync(passwordFile, 'utf8').trim();
  return { folder, data, log: join(folder, 'postgres.log'), password, account, postgres };
};
