import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningPostgres, startPostgres } from '@latchkey/embedded';
import pg from 'pg';
import { keepSecret } from './data/secret.ts';

/** The database of a start, as its programs see it. */
export type StartDatabase = {
  readonly describe: string;
  /** What belongs to this database: keys, credentials, the demo token. */
  readonly stateFolder: string;
  readonly adminUrl: string;
  readonly apiUrl: string;
  readonly workerUrl: string;
  readonly apiDirectUrl: string;
  readonly workerDirectUrl: string;
  readonly apiPassword: string;
  readonly workerPassword: string;
  readonly postgres: RunningPostgres | undefined;
};

const withRole = (url: string, role: string, password: string): string => {
  const changed = new URL(url);
  changed.username = role;
  changed.password = password;
  return changed.href;
};

/** API and worker each get a role of their own: neither is what migrates. */
const compose = (
  stateFolder: string,
  adminUrl: string,
  directUrl: string,
): Omit<StartDatabase, 'describe' | 'postgres'> => {
  const apiPassword = keepSecret(join(stateFolder, 'api-database-password'));
  const workerPassword = keepSecret(join(stateFolder, 'worker-database-password'));
  return {
    stateFolder,
    adminUrl,
    apiPassword,
    workerPassword,
    apiUrl: withRole(adminUrl, 'latchkey_api', apiPassword),
    workerUrl: withRole(adminUrl, 'latchkey_worker', workerPassword),
    apiDirectUrl: withRole(directUrl, 'latchkey_api', apiPassword),
    workerDirectUrl: withRole(directUrl, 'latchkey_worker', workerPassword),
  };
};

const createOnce = async (serverUrl: string, name: string): Promise<string> => {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
};

const useExternal = (folder: string, databaseUrl: string, directUrl: string): StartDatabase => {
  const url = new URL(databaseUrl);
  const place = `${url.hostname}:${url.port || '5432'}${url.pathname}`;
  // A credential of one database means nothing to another: each keeps its own in the folder.
  const stateFolder = join(folder, `external-${createHash('sha256').update(place).digest('hex').slice(0, 12)}`);
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  return { describe: `PostgreSQL at ${place}`, postgres: undefined, ...compose(stateFolder, databaseUrl, directUrl) };
};

/** DATABASE_URL as it is, otherwise an embedded PostgreSQL in the folder. */
export const openDatabase = async (folder: string, environment: NodeJS.ProcessEnv): Promise<StartDatabase> => {
  const databaseUrl = environment['DATABASE_ADMIN_URL'] || environment['DATABASE_URL'];
  if (databaseUrl) return useExternal(folder, databaseUrl, environment['DATABASE_DIRECT_URL'] || databaseUrl);
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  try {
    const adminUrl = await createOnce(postgres.url, 'latchkey');
    const describe = `PostgreSQL on port ${postgres.port}${postgres.adopted ? ', adopted from a start that was killed' : ''}`;
    return { describe, postgres, ...compose(folder, adminUrl, adminUrl) };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
};
