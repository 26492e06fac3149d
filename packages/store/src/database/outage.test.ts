import { randomUUID } from 'node:crypto';
import { createDatabase, type RunningPostgres, startPostgres } from '@latchkey/embedded';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { newTokenId, T0 } from '../../test/fixtures.ts';
import { migrateStore, type OpenStore, openStore, StoreUnavailable } from '../index.ts';

let server: RunningPostgres;
let url: string;
beforeAll(async () => {
  server = await startPostgres();
  url = (await createDatabase(server.url, 'outage')).url;
  await migrateStore({ adminUrl: url });
});
afterAll(() => server.stop());

const open = async (options: Partial<Parameters<typeof openStore>[0]> = {}) => {
  const store = await openStore({ url, applicationName: 'outage', connectTimeoutMs: 1_000, ...options });
  onTestFinished(() => store.close());
  return store;
};

const POLL_OF_NOBODY = { verifierId: 'v', incarnation: randomUUID(), previous: '1:1:', applied: '1:1:' };

/** Every method that asks the database, as far as an outage goes. */
const questions = (store: OpenStore): Readonly<Record<string, () => Promise<unknown>>> => ({
  now: () => store.now(),
  pendingMigrations: () => store.pendingMigrations(),
  'unitOfWork.run': () => store.unitOfWork.run(async () => 'nothing at all'),
  'tokens.lookUp': () => store.tokens.lookUp(newTokenId()),
  'tokens.find': () => store.tokens.find('acme', newTokenId()),
  'tokens.list': () => store.tokens.list('acme', { filter: {}, sort: 'name', direction: 'asc', limit: 1, now: T0 }),
  'tokens.isNameTaken': () => store.tokens.isNameTaken('acme', 'x'),
  'tokens.recordFirstUse': () => store.tokens.recordFirstUse('acme', newTokenId(), 1, T0),
  'organizations.find': () => store.organizations.find('acme'),
  'organizations.list': () => store.organizations.list(),
  'organizations.marks': () => store.organizations.marks('acme'),
  'ownerGates.find': () => store.ownerGates.find('acme', 'ada'),
  'credentials.lookUp': () => store.credentials.lookUp(newTokenId('000')),
  'credentials.list': () => store.credentials.list(),
  'sessions.find': () => store.sessions.find(new Uint8Array(32)),
  'sessions.touch': () => store.sessions.touch(new Uint8Array(32), T0),
  'sessions.removeEnded': () => store.sessions.removeEnded(T0),
  'audit.list': () => store.audit.list('acme', { filter: {}, limit: 1 }),
  'outbox.relay': () => store.outbox.relay(1, async () => ({ relayed: [], failed: [] })),
  'outbox.lag': () => store.outbox.lag(),
  'feed.incarnation': () => store.feed.incarnation(),
  'feed.register': () => store.feed.register({ verifierId: 'v', name: 'v' }),
  'feed.poll': () => store.feed.poll(POLL_OF_NOBODY),
  'feed.registry': () => store.feed.registry(),
  'feed.removeStalled': () => store.feed.removeStalled('v', 1),
  'feed.deregister': () => store.feed.deregister('v'),
});

/** Stops the one backend of that name, as a machine does that is suspended: the connection stays, no answer comes. */
const suspendBackend = async (applicationName: string): Promise<() => void> => {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const { rows } = await admin.query<{ pid: number }>('select pid from pg_stat_activity where application_name = $1', [
    applicationName,
  ]);
  await admin.end();
  const pid = rows[0]?.pid ?? Number.NaN;
  process.kill(pid, 'SIGSTOP');
  return () => void process.kill(pid, 'SIGCONT');
};

const timed = async (work: Promise<unknown>): Promise<number> => {
  const begin = performance.now();
  await work;
  return performance.now() - begin;
};

test('FAIL-CLOSED: a backend that stops answering is an outage within the time-out, and the next question is answered', async () => {
  const store = await open({ statementTimeoutMs: 200, poolMax: 1, applicationName: 'suspended' });
  expect(await store.tokens.lookUp(newTokenId())).toBeNull();
  const resume = await suspendBackend('suspended');
  try {
    const asked = store.tokens.lookUp(newTokenId());
    expect(await timed(expect(asked).rejects.toThrow(StoreUnavailable))).toBeLessThan(3_000);
    expect(await store.tokens.lookUp(newTokenId())).toBeNull();
  } finally {
    resume();
  }
});

test('FAIL-CLOSED: in a transaction too, and its rollback doesn’t wait for the same backend again', async () => {
  const store = await open({ statementTimeoutMs: 1_000, poolMax: 1, applicationName: 'suspended in transaction' });
  let resume: () => void = () => undefined;
  const run = store.unitOfWork.run(async (tx) => {
    await store.organizations.find('acme', tx);
    resume = await suspendBackend('suspended in transaction');
    await store.organizations.find('acme', tx);
  });
  try {
    // 2 seconds for the statement; 2 more would be the rollback's.
    expect(await timed(expect(run).rejects.toThrow(StoreUnavailable))).toBeLessThan(3_700);
    expect(await store.now()).toBeGreaterThan(0);
  } finally {
    resume();
  }
});

test('a statement that takes too long is an outage', async () => {
  const store = await open({ statementTimeoutMs: 100 });
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  onTestFinished(() => admin.end());
  await admin.query('begin');
  await admin.query('lock table latchkey.token');
  await expect(store.tokens.lookUp(newTokenId())).rejects.toThrow(StoreUnavailable);
  await admin.query('rollback');
  expect(await store.tokens.lookUp(newTokenId())).toBeNull();
});

test('a pool without a free connection is an outage, not an endless wait', async () => {
  const store = await open({ poolMax: 1, connectTimeoutMs: 100 });
  await store.unitOfWork.run(async () => {
    await expect(store.now()).rejects.toThrow(StoreUnavailable);
  });
  expect(await store.now()).toBeGreaterThan(0);
});

test('a wrong password, an unknown database and an unknown host are outages', async () => {
  for (const change of [{ password: 'wrong' }, { pathname: '/nowhere' }, { hostname: 'nowhere.invalid' }]) {
    const target: URL = Object.assign(new URL(url), change);
    const store = await open({ url: target.href });
    const error = await store.now().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(String(error)).not.toContain('wrong');
  }
});

test('sslmode in the URL is obeyed: a server without TLS is not talked to', async () => {
  const target = new URL(url);
  target.searchParams.set('sslmode', 'require');
  const store = await open({ url: target.href });
  await expect(store.now()).rejects.toThrow(StoreUnavailable);
});

test('a mistake of ours is no outage', async () => {
  const store = await open();
  await expect(store.organizations.marks('nobody')).rejects.not.toBeInstanceOf(StoreUnavailable);
  await expect(store.outbox.revive(['not a uuid'])).rejects.toMatchObject({ code: '22P02' });
});

// The last one: it takes the server away.
test('FAIL-CLOSED: with PostgreSQL stopped every question throws StoreUnavailable, and none answers "nothing"', async () => {
  const warm = await open();
  await warm.now();
  const cold = await open();
  const held = Promise.withResolvers<void>();
  const inTransaction = warm.unitOfWork.run(async (tx) => {
    await warm.organizations.find('acme', tx);
    await held.promise;
    await warm.organizations.find('acme', tx);
  });
  const outcome = expect(inTransaction).rejects.toMatchObject({ name: 'StoreUnavailable', commitUnknown: false });
  await server.stop();
  held.resolve();
  await outcome;
  for (const store of [warm, cold]) {
    for (const [question, ask] of Object.entries(questions(store))) {
      await expect(ask(), question).rejects.toThrow(StoreUnavailable);
    }
  }
});
