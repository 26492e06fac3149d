import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, startPostgres } from '@latchkey/embedded';
import { PROGRAMS, runProgram } from '../test/harness/program.ts';

/** A migrated installation with the demo in it, at rest: PostgreSQL's data, keys, a verifier's credential. */
export interface Installation {
  readonly folder: string;
  /** Path of the database's URL. */
  readonly databasePath: string;
  readonly credential: string;
}

export const PASSWORDS = {
  LATCHKEY_API_DB_PASSWORD: 'api-password-of-the-test',
  LATCHKEY_WORKER_DB_PASSWORD: 'worker-password-of-the-test',
};

export type Role = 'latchkey_api' | 'latchkey_worker';

export const databaseUrlOf = (role: Role, port: number, path: string): string => {
  const password = PASSWORDS[role === 'latchkey_api' ? 'LATCHKEY_API_DB_PASSWORD' : 'LATCHKEY_WORKER_DB_PASSWORD'];
  return `postgresql://${role}:${password}@127.0.0.1:${port}${path}`;
};

/** With owners and modes: PostgreSQL's files belong to an account of its own where we are root. */
export const copyFolder = (from: string, to: string): void => void execFileSync('cp', ['-a', from, to]);

let made: Promise<Installation> | null = null;

/** Made once in a process; each history begins with a copy, which takes a tenth of the time. */
export const copyInstallation = async (folder: string): Promise<Installation> => {
  made ??= makeInstallation();
  const original = await made;
  copyFolder(`${original.folder}/.`, folder);
  return { ...original, folder };
};

const makeInstallation = async (): Promise<Installation> => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-coherence-original-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  try {
    const { url } = await createDatabase(postgres.url);
    const databasePath = new URL(url).pathname;
    const env = {
      LATCHKEY_DATA_DIR: folder,
      LATCHKEY_DEMO: 'on',
      DATABASE_URL: databaseUrlOf('latchkey_api', postgres.port, databasePath),
    };
    await runProgram(PROGRAMS.server, ['migrate'], { ...env, ...PASSWORDS, DATABASE_ADMIN_URL: url });
    await runProgram(PROGRAMS.server, ['init', '--demo', '--json'], env);
    const file = join(folder, 'verifier');
    await runProgram(PROGRAMS.server, ['credential', 'verifier', '--name', 'sibling', '--save', file], env);
    return { folder, databasePath, credential: readFileSync(file, 'utf8').trim() };
  } finally {
    await postgres.stop();
  }
};
