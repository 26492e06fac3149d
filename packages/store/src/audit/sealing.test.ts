import pg from 'pg';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  AUDIT_KEYS,
  anchorOf,
  appendEvents,
  auditEvent,
  checkChain,
  sealAll,
  sealSlice,
} from '../../test/audit-chain.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { OpenStore } from '../index.ts';

let it: TestStore;
let worker: OpenStore;
beforeEach(async () => {
  it = await openTestStore();
  worker = await it.open('worker');
});

/** Who has number `n`, by the id of its target. */
const order = async (organizationId = 'acme') =>
  (await it.store.auditChain.read(organizationId, 0, 1_000)).map(({ event }) => event?.target.id);

test('AUDIT-WITH-CAUSE: each event gets the next number of its organization, whatever the slices', async () => {
  await appendEvents(
    it.store,
    Array.from({ length: 10 }, (_, i) => auditEvent(i)),
  );
  await appendEvents(it.store, [auditEvent(0, { organizationId: 'beta' }), auditEvent(11)]);
  expect(await sealAll(worker, 3)).toBe(12);
  expect(await checkChain(it.store)).toEqual({ problems: [], sealCount: 11, intact: 11, vouched: null });
  expect(await order()).toEqual([...Array.from({ length: 10 }, (_, i) => `token-${i}`), 'token-11']);
  expect(await checkChain(it.store, [], { organizationId: 'beta' })).toMatchObject({ problems: [], sealCount: 1 });
  expect(await it.store.auditChain.waiting('acme')).toEqual({ count: 0, oldestAt: null });
});

test('an event waits while a transaction that began before it is still running, and numbers follow transactions', async () => {
  const early = new pg.Client({ connectionString: it.urlOf('api') });
  await early.connect();
  onTestFinished(() => early.end());
  await early.query('begin');
  await early.query(`insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type,
    target_id, details) values ('acme', now(), 'member', 'ada', 'token.revoked', 'token', 'early', '{}')`);
  await appendEvents(it.store, [auditEvent(1)]);
  expect(await sealSlice(worker)).toBe(0);
  expect(await it.store.auditChain.waiting('acme')).toEqual({ count: 1, oldestAt: auditEvent(1).at });
  await early.query('commit');
  expect(await sealAll(worker)).toBe(2);
  expect(await order()).toEqual(['early', 'token-1']);
});

test('an event whose transaction is rolled back leaves no number', async () => {
  await expect(
    it.store.unitOfWork.run(async (tx) => {
      await it.store.audit.append(tx, [auditEvent(1)]);
      throw new Error('not today');
    }),
  ).rejects.toThrow('not today');
  await appendEvents(it.store, [auditEvent(2)]);
  expect(await sealAll(worker)).toBe(1);
  expect(await order()).toEqual(['token-2']);
});

test('several sealers at once give each event one number', async () => {
  const other = await it.open('worker');
  for (let i = 0; i < 40; i += 1) await appendEvents(it.store, [auditEvent(i)]);
  const done = await Promise.all(Array.from({ length: 8 }, (_, i) => sealAll(i % 2 === 0 ? worker : other, 3)));
  const rest = await sealAll(worker);
  expect(done.reduce((sum, each) => sum + each, rest)).toBe(40);
  expect(await checkChain(it.store)).toMatchObject({ problems: [], sealCount: 40 });
});

test('a sealer that dies before its commit leaves everything to the next one', async () => {
  await appendEvents(it.store, [auditEvent(1), auditEvent(2)]);
  const dying = new pg.Client({ connectionString: it.urlOf('worker') });
  dying.on('error', () => undefined);
  await dying.connect();
  await dying.query('begin');
  await dying.query(`select pg_advisory_xact_lock(hashtextextended('latchkey.sealing', 0))`);
  await dying.query('delete from latchkey.audit_unsealed');
  expect(await sealSlice(worker)).toBe(0);
  const { rows } = await dying.query('select pg_backend_pid() as pid');
  await it.sql('select pg_terminate_backend($1, 5000)', [rows[0].pid]);
  expect(await sealAll(worker)).toBe(2);
  expect(await checkChain(it.store)).toMatchObject({ problems: [], sealCount: 2 });
});

test('rows of another cluster, whose transactions are numbered higher, are sealed too', async () => {
  await appendEvents(it.store, [auditEvent(1)]);
  await it.sql(`update latchkey.audit_unsealed set xid = '9000000000000'`);
  await appendEvents(it.store, [auditEvent(2)]);
  expect(await sealAll(worker)).toBe(2);
  expect(await checkChain(it.store)).toMatchObject({ problems: [], sealCount: 2 });
});

test('details that no canonical text can be made of hold up nobody', async () => {
  const details = `{"deep": ${'['.repeat(40)}${']'.repeat(40)}, "huge": 1e400}`;
  await it.sql(
    `insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, details)
     values ('acme', now(), 'worker', 'w', 'token.deactivated', 'token', 't', $1)`,
    [details],
  );
  await appendEvents(it.store, [auditEvent(2)]);
  expect(await sealAll(worker)).toBe(2);
  expect(await checkChain(it.store)).toMatchObject({ problems: [], sealCount: 2 });
});

test('a new key seals what comes next, and the retired one still vouches for what it sealed', async () => {
  await appendEvents(it.store, [auditEvent(1)]);
  await sealAll(worker);
  const [old] = AUDIT_KEYS;
  const fresh = { id: 'audit-2', bytes: new Uint8Array(32).fill(9) };
  await appendEvents(it.store, [auditEvent(2)]);
  await sealAll(worker, 10, [fresh, old]);
  expect(await checkChain(it.store, [], { keys: [fresh, old] })).toMatchObject({ problems: [], intact: 2 });
  expect((await checkChain(it.store, [], { keys: [fresh] })).problems).toEqual([{ type: 'key_unknown', number: 1 }]);
});

test('a head waits for its anchor until one has been noted, and no more often than asked', async () => {
  await appendEvents(it.store, [auditEvent(1)]);
  await sealAll(worker);
  const anchor = await anchorOf(worker);
  expect(anchor).toMatchObject({ organizationId: 'acme', number: 1, keyId: 'audit-1' });
  await worker.auditChain.noteAnchored([anchor]);
  expect(await worker.auditChain.unanchored(0, 10)).toEqual([]);
  await appendEvents(it.store, [auditEvent(2)]);
  await sealAll(worker);
  expect(await worker.auditChain.unanchored(3_600_000, 10)).toEqual([]);
  expect((await anchorOf(worker)).number).toBe(2);
  // Noted late, by another worker: it never goes back.
  await worker.auditChain.noteAnchored([{ organizationId: 'acme', number: 2 }]);
  await worker.auditChain.noteAnchored([anchor]);
  expect(await worker.auditChain.unanchored(0, 10)).toEqual([]);
});
