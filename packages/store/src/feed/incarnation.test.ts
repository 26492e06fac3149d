import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type RunningPostgres, startPostgres } from '@latchkey/embedded';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { migrateStore, type OpenStore, openStore, StoreUnavailable } from '../index.ts';

let folder: string;
let server: RunningPostgres;
let path: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-incarnation-'));
  chmodSync(folder, 0o755);
  server = await startPostgres({ dataDir: folder });
  const { url } = await createDatabase(server.url, 'incarnation');
  path = new URL(url).pathname;
  await migrateStore({ adminUrl: url });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const urlNow = () => {
  const url = new URL(server.url);
  url.pathname = path;
  return url.href;
};

const open = async (): Promise<OpenStore> => {
  const store = await openStore({ url: urlNow(), applicationName: 'incarnation', connectTimeoutMs: 2_000 });
  onTestFinished(() => store.close());
  return store;
};

const connect = async () => {
  const client = new pg.Client({ connectionString: urlNow() });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  return client;
};

const register = async (store: OpenStore) => {
  const verifierId = randomUUID();
  return { verifierId, ...(await store.feed.register({ verifierId, name: 'node' })) };
};

const stop = (store: OpenStore, id: string) =>
  store.unitOfWork.run((tx) => store.feed.append(tx, [{ subject: 'token', organizationId: 'acme', id }]));

test('whoever finds none makes one; many at once make one', async () => {
  const store = await open();
  const found = await Promise.all(Array.from({ length: 8 }, () => store.feed.incarnation()));
  expect(new Set(found).size).toBe(1);
  expect(await store.feed.incarnation()).toBe(found[0]);
});

test('a clean restart keeps incarnation and registry, and what was committed in between is heard of', async () => {
  const before = await open();
  const me = await register(before);
  await stop(before, 'late');
  await before.close();
  await server.stop();
  server = await startPostgres({ dataDir: folder });
  const after = await open();
  expect(await after.feed.poll({ ...me, previous: me.snapshot, applied: me.snapshot })).toMatchObject({
    changes: [{ subject: 'token', id: 'late' }],
  });
});

test('DEAD-ON-RETURN: a crash gives lost transaction ids out again, and empties registry and incarnation with them', async () => {
  const before = await open();
  const me = await register(before);
  const receipt = await stop(before, 'kept');
  // Ids that nothing in the write-ahead log remembers.
  const lost: string[] = [];
  for (let count = 0; count < 20; count += 1) {
    const client = await connect();
    await client.query('begin');
    const { rows } = await client.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
    lost.push(rows[0]?.xid ?? '');
  }
  const poll = await before.feed.poll({ ...me, previous: me.snapshot, applied: me.snapshot });
  process.kill(server.pid, 'SIGKILL');
  server = await startPostgres({ dataDir: folder });

  const after = await open();
  // Nothing that was acknowledged is lost.
  const client = await connect();
  const { rows } = await client.query(`select xid::text from latchkey.change where subject_id = 'kept'`);
  expect(rows).toEqual([{ xid: receipt?.xid }]);
  expect((await after.feed.registry()).rows).toEqual([]);
  const following = { ...me, previous: poll?.snapshot ?? '', applied: poll?.snapshot ?? '' };
  expect(await after.feed.poll(following)).toBeNull();

  const again = await stop(after, 'again');
  expect(lost).toContain(again?.xid);
  expect(again?.incarnation).not.toBe(me.incarnation);
  expect(await after.feed.incarnation()).toBe(again?.incarnation);
  // The old snapshot may call the new transaction seen: that is why it counts for nothing.
  expect(await after.feed.poll(following)).toBeNull();
});

test('the crash of one backend empties them too', async () => {
  const store = await open();
  const me = await register(store);
  const client = await connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(async () => expect((await store.feed.registry()).rows).toEqual([]), { timeout: 20_000 });
  expect(await store.feed.poll({ ...me, previous: me.snapshot, applied: me.snapshot })).toBeNull();
  expect(await store.feed.incarnation()).not.toBe(me.incarnation);
});

test('a standby answers neither polls nor look-ups; promoted, it begins a new incarnation', async () => {
  const before = await open();
  const me = await register(before);
  await before.close();
  await server.stop();
  const data = join(folder, 'cluster');
  writeFileSync(join(data, 'standby.signal'), '', { mode: 0o644 });
  server = await startPostgres({ dataDir: folder });

  const store = await open();
  const poll = () => store.feed.poll({ ...me, previous: me.snapshot, applied: me.snapshot });
  await expect(poll()).rejects.toThrow(StoreUnavailable);
  await expect(register(store)).rejects.toThrow(StoreUnavailable);
  await expect(store.feed.registry()).rejects.toThrow(StoreUnavailable);
  await expect(store.tokens.lookUp('aB30000000000001')).rejects.toThrow(StoreUnavailable);

  const client = await connect();
  await client.query('select pg_promote(true, 30)');
  expect(await poll()).toBeNull();
  expect(await store.feed.incarnation()).not.toBe(me.incarnation);
  expect(await register(store)).toMatchObject({ incarnation: await store.feed.incarnation() });
});
