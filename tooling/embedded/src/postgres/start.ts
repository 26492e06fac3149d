import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stopProcess } from '@latchkey/bootstrap/process';
import pg from 'pg';
import { findFreePort } from '../port.ts';
import { type Cluster, prepareCluster } from './cluster.ts';
import { discardStaleLock, readPostmaster } from './postmaster.ts';
import { claimTemporaryFolder, removeAbandonedFolders, temporaryPrefix } from './temporary.ts';

export type StartPostgresOptions = {
  /** Where the data stays. Without it: a temporary folder, removed at `stop`, and no fsync. */
  readonly dataDir?: string;
  /** Taken where it is free, otherwise another one. */
  readonly port?: number;
  readonly maxConnections?: number;
};

export type RunningPostgres = {
  /** The superuser's URL, database `postgres`. */
  readonly url: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly pid: number;
  /** True where a PostgreSQL that a killed start had left behind goes on. */
  readonly adopted: boolean;
  readonly stop: () => Promise<void>;
};

const host = '127.0.0.1';
// SIGINT is PostgreSQL's fast shutdown, SIGQUIT the immediate one: the next start recovers from the write-ahead log.
const shutdown = [
  { signal: 'SIGINT', waitMs: 20_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;

const superuserUrl = (cluster: Cluster, port: number) =>
  `postgresql://postgres:${encodeURIComponent(cluster.password)}@${host}:${port}/postgres`;

const answers = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};

const launch = async (cluster: Cluster, port: number, settings: readonly string[]): Promise<boolean> => {
  // The log is a file, not a pipe: PostgreSQL must outlive a killed parent without choking on a closed pipe.
  const log = openSync(cluster.log, 'w', 0o600);
  const args = ['-D', cluster.data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const [program, programArgs, options] = cluster.account.command(cluster.postgres, args);
  // Detached: Ctrl-C in a terminal reaches the whole group, and the database has to go last.
  const child = spawn(program, programArgs, {
    ...options,
    stdio: ['ignore', log, log],
    detached: true,
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' },
  });
  closeSync(log);
  let ended = false;
  child.once('exit', () => (ended = true));
  child.once('error', () => (ended = true));
  child.unref();
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline && !ended) {
    if (readPostmaster(cluster.data)?.ready === true) return true;
    await delay(15);
  }
  if (!ended) child.kill('SIGQUIT');
  return false;
};

const startIn = async (folder: string, temporary: boolean, options: StartPostgresOptions): Promise<RunningPostgres> => {
  const cluster = await prepareCluster(folder);
  const left = readPostmaster(cluster.data);
  if (left !== undefined) {
    if (left.ready && (await answers(superuserUrl(cluster, left.port)))) return describe(cluster, temporary, true);
    await stopProcess(left.process, shutdown);
  }
  await discardStaleLock(cluster.data);
  const settings = [
    `listen_addresses=${host}`,
    'unix_socket_directories=',
    `max_connections=${options.maxConnections ?? 200}`,
    'log_timezone=UTC',
    'timezone=UTC',
    // Statements carry no secrets in the clear, but a log is no place to find out.
    'log_min_error_statement=panic',
    ...(temporary ? ['fsync=off', 'full_page_writes=off', 'autovacuum=off', 'max_wal_size=256MB'] : []),
  ];
  let port = await findFreePort(options.port);
  for (let attempt = 1; ; attempt += 1) {
    if (await launch(cluster, port, settings)) return describe(cluster, temporary, false);
    const log = readFileSync(cluster.log, 'utf8');
    // Somebody else took the port between the look and the start.
    const taken = /Address already in use|could not bind/.test(log);
    if (!taken || attempt === 5) {
      throw new Error(`PostgreSQL did not start in ${folder}:\n${log.split('\n').slice(-15).join('\n').trim()}`);
    }
    port = await findFreePort();
  }
};

/**
 * Starts a PostgreSQL 18 on 127.0.0.1, with password authentication and no socket file; as root too. One that still runs on the same
 * folder is adopted where it answers to the folder's password, and stopped otherwise.
 *
 * @throws Error with the end of PostgreSQL's log where it does not start.
 */
export const startPostgres = async (options: StartPostgresOptions = {}): Promise<RunningPostgres> => {
  if (options.dataDir !== undefined) return startIn(resolve(options.dataDir), false, options);
  await removeAbandonedFolders();
  const folder = mkdtempSync(join(tmpdir(), temporaryPrefix));
  claimTemporaryFolder(folder);
  try {
    return await startIn(folder, true, options);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
};

const describe = (cluster: Cluster, temporary: boolean, adopted: boolean): RunningPostgres => {
  const postmaster = readPostmaster(cluster.data);
  if (postmaster === undefined) throw new Error(`PostgreSQL in ${cluster.folder} ended as soon as it had started.`);
  const abandon = () => {
    try {
      process.kill(postmaster.process.pid, 'SIGQUIT');
    } catch {
      // It has gone already.
    }
  };
  // A temporary server must not outlive its process, however that ends; a persistent one is stopped by whoever started it.
  if (temporary) process.once('exit', abandon);
  return {
    url: superuserUrl(cluster, postmaster.port),
    host,
    port: postmaster.port,
    pid: postmaster.process.pid,
    adopted,
    stop: async () => {
      process.off('exit', abandon);
      await stopProcess(postmaster.process, shutdown);
      if (temporary) rmSync(cluster.folder, { recursive: true, force: true });
    },
  };
};

/** Stops the PostgreSQL that a killed process left running on this folder; nothing happens where there is none. */
export const stopLeftoverPostgres = async (dataDir: string): Promise<void> => {
  const left = readPostmaster(join(resolve(dataDir), 'cluster'));
  if (left !== undefined) await stopProcess(left.process, shutdown);
};
