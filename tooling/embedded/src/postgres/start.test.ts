import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { identifyProcess, isAlive, type ProcessIdentity } from '@latchkey/bootstrap/process';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { chooseAccount } from './account.ts';
import { startPostgres } from './start.ts';
import { removeAbandonedFolders, temporaryPrefix } from './temporary.ts';

const parent = mkdtempSync(join(tmpdir(), 'latchkey-embedded-test-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const ask = async (url: string, text: string) => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

const identify = (pid: number): ProcessIdentity => {
  const identity = identifyProcess(pid);
  if (identity === undefined) throw new Error(`no process ${pid}`);
  return identity;
};

/** Starts PostgreSQL in a process of its own and kills that process, which has no chance to tidy up. */
const startAndKill = async (dataDir?: string): Promise<{ pid: number; url: string }> => {
  const program = join(dirname(import.meta.filename), 'start.ts');
  const code = `const { startPostgres } = await import(${JSON.stringify(program)});
    const { pid, url } = await startPostgres(${JSON.stringify(dataDir === undefined ? {} : { dataDir })});
    console.log(JSON.stringify({ pid, url }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGKILL');
  await once(child, 'exit');
  return JSON.parse(line.toString());
};

describe('an embedded PostgreSQL', () => {
  test('keeps its data, takes the wanted port, and listens nowhere but on 127.0.0.1 with a password', async () => {
    const dataDir = join(parent, 'kept');
    const first = await startPostgres({ dataDir });
    await ask(first.url, 'CREATE TABLE kept AS SELECT 7 AS number');
    expect(await ask(first.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await ask(first.url, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    const withoutPassword = new URL(first.url);
    withoutPassword.password = 'wrong';
    await expect(ask(withoutPassword.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect(statSync(join(dataDir, 'superuser-password')).mode & 0o777).toBe(0o600);
    await first.stop();

    const second = await startPostgres({ dataDir, port: first.port });
    expect(second.port).toBe(first.port);
    expect(second.adopted).toBe(false);
    expect(await ask(second.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    await second.stop();
  });

  test('goes on another port where the wanted one is taken', async () => {
    const occupied = createServer().listen(0, '127.0.0.1');
    await once(occupied, 'listening');
    const address = occupied.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const postgres = await startPostgres({ dataDir: join(parent, 'elsewhere'), port });
    expect(postgres.port).not.toBe(port);
    await postgres.stop();
    occupied.close();
  });

  test('that a killed start left behind is adopted with its data, and stopped by its new keeper', async () => {
    const dataDir = join(parent, 'adopted');
    const left = await startAndKill(dataDir);
    const leftover = identify(left.pid);
    await ask(left.url, 'CREATE TABLE survivor AS SELECT 1 AS id');
    const postgres = await startPostgres({ dataDir });
    expect(postgres).toMatchObject({ adopted: true, pid: left.pid, url: left.url });
    expect(await ask(postgres.url, 'SELECT id FROM survivor')).toEqual([{ id: 1 }]);
    await postgres.stop();
    expect(isAlive(leftover)).toBe(false);
  });

  test('that was left behind and does not know the password is stopped and started anew', async () => {
    const dataDir = join(parent, 'changed');
    const left = await startAndKill(dataDir);
    const leftover = identify(left.pid);
    await ask(left.url, `ALTER ROLE postgres PASSWORD 'another'`);
    const postgres = await startPostgres({ dataDir });
    expect(isAlive(leftover)).toBe(false);
    expect(postgres.adopted).toBe(false);
    await postgres.stop();
  });

  test('starts although a crash left a lock file whose process id belongs to somebody else now', async () => {
    const dataDir = join(parent, 'crashed');
    const first = await startPostgres({ dataDir });
    const lockFile = join(dataDir, 'cluster', 'postmaster.pid');
    const lock = readFileSync(lockFile, 'utf8');
    await first.stop();
    // Of the same account: PostgreSQL takes any such process for its own kind.
    const [command, args, options] = chooseAccount([dataDir]).command('sleep', ['120']);
    const somebody = spawn(command, args, { ...options, stdio: 'ignore' });
    const identity = identify(somebody.pid ?? 0);
    writeFileSync(lockFile, lock.replace(/^\d+/, String(identity.pid)));
    const second = await startPostgres({ dataDir });
    expect(second.adopted).toBe(false);
    expect(isAlive(identity)).toBe(true);
    await second.stop();
    somebody.kill('SIGKILL');
  });

  test('that was killed together with whoever started it goes on with its data', async () => {
    const dataDir = join(parent, 'all-killed');
    const left = await startAndKill(dataDir);
    await ask(left.url, 'CREATE TABLE survivor AS SELECT 1 AS id');
    process.kill(left.pid, 'SIGKILL');
    const postgres = await startPostgres({ dataDir });
    expect(postgres.adopted).toBe(false);
    expect(await ask(postgres.url, 'SELECT id FROM survivor')).toEqual([{ id: 1 }]);
    await postgres.stop();
  });

  test('a half-made cluster of a killed start is thrown away', async () => {
    const dataDir = join(parent, 'half');
    mkdirSync(join(dataDir, 'cluster.making'), { recursive: true });
    writeFileSync(join(dataDir, 'cluster.making', 'PG_VERSION'), '18\n');
    const postgres = await startPostgres({ dataDir });
    expect(await ask(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await postgres.stop();
    expect(existsSync(join(dataDir, 'cluster.making'))).toBe(false);
  });

  test('of a killed test run is stopped and its folder removed by the next run; a living run keeps its own', async () => {
    const mine = await startPostgres();
    const left = await startAndKill();
    const leftover = identify(left.pid);
    const removed = await removeAbandonedFolders();
    expect(removed.some((folder) => folder.includes(temporaryPrefix))).toBe(true);
    expect(removed.some(existsSync)).toBe(false);
    expect(isAlive(leftover)).toBe(false);
    expect(await ask(mine.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await mine.stop();
  });

  test('starts in a folder that is closed to every other account', async () => {
    const closed = join(parent, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const postgres = await startPostgres({ dataDir: join(closed, 'postgres') });
    expect(await ask(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await postgres.stop();
  });
});
