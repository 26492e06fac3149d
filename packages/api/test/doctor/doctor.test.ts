import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type Database } from '@latchkey/embedded';
import { type OpenStore, openStore } from '@latchkey/store';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { runServerCommand } from '../../src/commands/program.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { parseEnv } from '../../src/env.ts';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-doctor-'));
let database: Database;
let store: OpenStore;
const sql = (text: string) => store.entityManager().getConnection().execute(text);
let environment: Record<string, string>;

const run = async (args: readonly string[], more: Record<string, string> = {}) => {
  let out = '';
  let err = '';
  const code = await runServerCommand(args, {
    readEnv: (purpose) => parseEnv({ ...environment, ...more }, purpose),
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
    untilStopped: () => Promise.resolve('the test'),
  });
  return { code, out, err };
};
const examine = async (more: Record<string, string> = {}) => {
  const { code, out } = await run(['doctor', '--json'], more);
  const { healthy, findings } = JSON.parse(out) as { healthy: boolean; findings: readonly Finding[] };
  return { code, healthy, of: (check: string) => findings.find((each) => each.check === check), findings };
};

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'), 'api_doctor');
  environment = {
    DATABASE_URL: database.url,
    DATABASE_ADMIN_URL: database.url,
    LATCHKEY_DATA_DIR: join(folder, 'data'),
    LATCHKEY_PUBLIC_URL: 'http://127.0.0.1:3000',
  };
  store = await openStore({ url: database.url, applicationName: 'doctor-tests' });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

it('of a database that can’t be asked it says so, ends with 1, and repeats no password', async () => {
  const { code, of } = await examine({ DATABASE_URL: 'postgresql://latchkey_api:hunter2@127.0.0.1:1/latchkey' });
  expect([code, of('database')?.level]).toEqual([1, 'fail']);
  const { out, err } = await run(['doctor'], { DATABASE_URL: 'postgresql://a:hunter2@127.0.0.1:1/b' });
  expect(out).toMatch(/^FAIL {2}database/m);
  expect(out + err).not.toContain('hunter2');
});

it('before the migration it says what to run', async () => {
  const { code, of } = await examine();
  expect(code).toBe(1);
  expect(of('migrations')).toMatchObject({ level: 'fail', says: expect.stringContaining('latchkey-server migrate') });
});

it('of a fresh installation nothing fails but what is so of this server', async () => {
  expect((await run(['migrate'])).code).toBe(0);
  expect((await run(['init', '--demo'])).code).toBe(0);
  const { findings, of } = await examine();
  // The test's PostgreSQL doesn't sync: that is found, too.
  const failed = findings.filter(({ level }) => level === 'fail').map(({ check }) => check);
  expect(failed).toEqual(['synchronous_commit']);
  expect(of('synchronous_commit')?.says).toContain('fsync is off');
  expect(of('role')?.level).toBe('warn');
  expect(of('peppers')).toMatchObject({ level: 'ok', says: expect.stringMatching(/pepper.*secrets/) });
  expect(of('rows')?.level).toBe('ok');
  expect(of('partitions')?.level).toBe('ok');
  expect(findings.map(({ check }) => check)).toEqual([
    ...['node', 'postgres version', 'role', 'clock', 'synchronous_commit', 'replication', 'time-outs', 'migrations'],
    ...['peppers', 'tag keys', 'audit keys', 'redis', 'outbox', 'jobs', 'dead letters', 'verifiers', 'sealing'],
    ...['partitions', 'rows'],
  ]);
});

it('what goes wrong in the rows is found, with what to do, and the exit code says so', async () => {
  await sql(`insert into latchkey.migration (name) values ('store-of-next-year')`);
  await sql(`insert into latchkey.outbox_message (organization_id, name, payload, created_at, relayed_at, dead_at) values
    ('acme', 'notify', '{}', now() - interval '20 min', null, null),
    ('acme', 'deliver-reminder', '{}', now() - interval '2 h', now(), null),
    ('acme', 'cascade-member-removal', '{}', now(), null, now())`);
  await sql(`update latchkey.audit_unsealed set at = now() - interval '2 h'`);
  await sql(
    `insert into latchkey.owner_gate (organization_id, member_id, closed_at, mark)
     select organization_id, owner_id, now() - interval '1 h', 1 from latchkey.token where owner_id is not null limit 1
     on conflict (organization_id, member_id) do update set closed_at = excluded.closed_at, mark = 1`,
  );
  const { code, healthy, of } = await examine();
  expect([code, healthy]).toEqual([1, false]);
  expect(of('migrations')).toMatchObject({ level: 'warn', says: expect.stringContaining('store-of-next-year') });
  expect(of('outbox')?.level).toBe('fail');
  expect(of('jobs')).toMatchObject({ level: 'fail', says: expect.stringContaining('deliver-reminder: 1') });
  expect(of('dead letters')).toMatchObject({
    level: 'warn',
    says: expect.stringContaining('cascade-member-removal: 1'),
  });
  expect(of('sealing')?.level).toBe('fail');
  expect(of('rows')).toMatchObject({ level: 'fail', says: expect.stringContaining('GATE-FIRST') });
});

it('a month of the trail that retention lets go of, and that nobody dropped, is found', async () => {
  for (const table of ['audit_event', 'audit_seal']) {
    await sql(`create table latchkey.${table}_2020_01 partition of latchkey.${table} for values in ('2020-01-01')`);
  }
  expect((await examine()).of('partitions')?.level).toBe('ok');
  await sql('update latchkey.installation set audit_retention_days = 365');
  expect((await examine()).of('partitions')).toMatchObject({
    level: 'fail',
    says: expect.stringMatching(/kept longer than the 365 days of retention, 2020-01 for/),
  });
});

it('keys that rows need and that are gone are named by their ids', async () => {
  const other = `${'A'.repeat(42)}E`;
  const keys = Object.fromEntries(
    ['LATCHKEY_PEPPERS', 'LATCHKEY_TAG_KEYS', 'LATCHKEY_CURSOR_KEYS'].map((name) => [name, `new-one:${other}`]),
  );
  const { of } = await examine(keys);
  for (const check of ['peppers', 'tag keys']) {
    expect(of(check)).toMatchObject({ level: 'fail', says: expect.stringMatching(/Put them back/) });
    expect(of(check)?.says).not.toContain(other);
  }
});

/** What a Redis answers to AUTH, INFO and PING. */
const startRedisThatSays = async (info: string): Promise<{ url: string; server: Server; asked: () => string }> => {
  let asked = '';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      asked += data;
      if (asked.includes('PING')) socket.write(`+OK\r\n$${info.length}\r\n${info}\r\n+PONG\r\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { url: `redis://:hunter2@127.0.0.1:${port}`, server, asked: () => asked };
};

it('a Redis is asked for its policy and version; one that is away is only a warning (REDIS-OPTIONAL)', async () => {
  const redis = await startRedisThatSays(
    'redis_version:7.0.15\r\nredis_mode:standalone\r\nmaxmemory_policy:allkeys-lru',
  );
  try {
    const found = await examine({ REDIS_URL: redis.url });
    expect(found.of('redis')).toMatchObject({ level: 'fail', says: expect.stringContaining('noeviction') });
    expect(redis.asked()).toContain('AUTH');
    expect(JSON.stringify(found.findings)).not.toContain('hunter2');
  } finally {
    redis.server.close();
  }
  expect((await examine({ REDIS_URL: 'redis://127.0.0.1:1' })).of('redis')).toMatchObject({
    level: 'warn',
    says: expect.stringContaining('ECONNREFUSED'),
  });
});
