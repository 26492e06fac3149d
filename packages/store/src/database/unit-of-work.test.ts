import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { addOrganization, newSecret, newToken, T0 } from '../../test/fixtures.ts';
import { type ChunkProxy, openProxy } from '../../test/open-proxy.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { gate } from '../../test/until-waiting.ts';
import type { AuditEvent, OpenStore } from '../index.ts';
import { StoreUnavailable } from '../unit-of-work.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
});
afterAll(() => Promise.all(closers.map((close) => close())));

const event = (targetId: string): Omit<AuditEvent, 'eventId'> => ({
  organizationId: 'acme',
  at: T0,
  actor: { type: 'member', id: 'ada' },
  action: 'token.issued',
  target: { type: 'token', id: targetId },
  reason: null,
  address: '192.0.2.1',
  client: 'test',
  requestId: 'r1',
  details: { name: 'x' },
});

/** A token with all that is recorded of it. */
const issue = (store: OpenStore, then: () => void | Promise<void> = () => undefined) => {
  const token = newToken();
  const run = store.unitOfWork.run(async (tx) => {
    await store.tokens.insert(tx, token, token.tokenId, newSecret());
    await store.audit.append(tx, [event(token.tokenId)]);
    await store.feed.append(tx, [{ subject: 'token', organizationId: 'acme', id: token.tokenId }]);
    await store.outbox.add(tx, 'acme', 'cascade-member-removal', {
      organizationId: 'acme',
      memberId: token.tokenId,
      removedBy: { type: 'member', id: 'ada' },
      requestId: null,
    });
    await then();
  });
  return { token, run };
};

const stored = async (tokenId: string) => {
  const [row] = await it.sql<Record<'tokens' | 'events' | 'changes' | 'messages', number>>(
    `select (select count(*)::int from latchkey.token where token_id = $1) as tokens,
            (select count(*)::int from latchkey.audit_event where target_id = $1) as events,
            (select count(*)::int from latchkey.change where subject_id = $1) as changes,
            (select count(*)::int from latchkey.outbox_message where payload ->> 'memberId' = $1) as messages`,
    [tokenId],
  );
  return row;
};
const ALL = { tokens: 1, events: 1, changes: 1, messages: 1 };
const NOTHING = { tokens: 0, events: 0, changes: 0, messages: 0 };

test('AUDIT-WITH-CAUSE: a change, its audit event, its outbox message and its feed entry commit together', async () => {
  const { token, run } = issue(it.store);
  await run;
  expect(await stored(token.tokenId)).toEqual(ALL);
});

test('AUDIT-WITH-CAUSE: what throws leaves nothing of them, and throws on what it threw', async () => {
  const thrown = new Error('changed my mind');
  const { token, run } = issue(it.store, () => Promise.reject(thrown));
  await expect(run).rejects.toBe(thrown);
  expect(await stored(token.tokenId)).toEqual(NOTHING);
});

test('nobody else sees anything of it before it has committed', async () => {
  const held = gate();
  const written = gate();
  const { token, run } = issue(it.store, async () => {
    written.resolve();
    await held.promise;
  });
  await written.promise;
  expect(await stored(token.tokenId)).toEqual(NOTHING);
  expect(await it.store.tokens.lookUp(token.tokenId)).toBeNull();
  held.resolve();
  await run;
  expect(await stored(token.tokenId)).toEqual(ALL);
});

test('COVERED-AT-ISSUE: a later statement of a transaction sees what was committed since an earlier one', async () => {
  await it.store.unitOfWork.run(async (tx) => {
    const before = await it.store.organizations.find('acme', tx);
    await it.sql(`update latchkey.organization set name = name || '!' where organization_id = 'acme'`);
    const after = await it.store.organizations.find('acme', tx);
    expect(after?.name).toBe(`${before?.name}!`);
  });
});

test('a swallowed error can’t turn into a silent rollback', async () => {
  const { token, run } = issue(it.store, async () => undefined);
  await run;
  const again = newToken();
  const swallowing = it.store.unitOfWork.run(async (tx) => {
    await it.store.tokens.insert(tx, again, again.tokenId, newSecret());
    const sameId = it.store.tokens.insert(tx, newToken({ tokenId: token.tokenId }), 'other name', newSecret());
    await sameId.catch(() => undefined);
    return 'issued';
  });
  await expect(swallowing).rejects.toThrow(/nothing was committed/);
  expect(await it.store.tokens.find('acme', again.tokenId)).toBeNull();
});

test('a transaction that has ended can’t be used', async () => {
  const kept = await it.store.unitOfWork.run(async (tx) => tx);
  await expect(it.store.organizations.find('acme', kept)).rejects.toThrow(/has ended/);
  expect(() => it.store.entityManagerOf(kept)).toThrow(/has ended/);
  const other = await it.open('api');
  await it.store.unitOfWork.run(async (tx) => {
    await expect(other.organizations.find('acme', tx)).rejects.toThrow(/not of this store/);
  });
});

test('an embedded host takes part by its entity manager: one transaction, one snapshot, one commit', async () => {
  const count = `select count(*)::int as count from latchkey.owner_gate where member_id = 'em'`;
  const insert = `insert into latchkey.owner_gate (organization_id, member_id) values ('acme', 'em')`;
  const run = (fail: boolean) =>
    it.store.unitOfWork.run(async (tx) => {
      await it.store.entityManagerOf(tx).execute(insert);
      expect(await it.store.ownerGates.find('acme', 'em', tx)).not.toBeNull();
      expect(await it.store.ownerGates.find('acme', 'em')).toBeNull();
      if (fail) throw new Error('no');
    });
  await expect(run(true)).rejects.toThrow('no');
  expect(await it.sql(count)).toEqual([{ count: 0 }]);
  await run(false);
  expect(await it.sql(count)).toEqual([{ count: 1 }]);
  expect(await it.store.entityManager().execute(count)).toEqual([{ count: 1 }]);
});

const throughProxy = async (): Promise<{ proxy: ChunkProxy; store: OpenStore }> => {
  const proxy = await openProxy(it.urlOf('api'));
  const store = await it.open('api', { url: proxy.url, poolMax: 2 });
  onTestFinished(() => proxy.close());
  return { proxy, store };
};

test.each([
  ['cut-before', NOTHING],
  ['cut-after', ALL],
] as const)(
  'a connection lost in COMMIT (%s) is an outage whose outcome is said to be unknown',
  async (fate, outcome) => {
    const { proxy, store } = await throughProxy();
    proxy.onRequest = (chunk) => (chunk.includes('commit\0') ? fate : 'pass');
    const { token, run } = issue(store);
    await expect(run).rejects.toMatchObject({ name: 'StoreUnavailable', commitUnknown: true });
    // Either may have happened: nobody who was told so can know.
    await expect.poll(() => stored(token.tokenId)).toEqual(outcome);
    proxy.onRequest = () => 'pass';
    await issue(store).run;
  },
);

test('a connection lost before COMMIT is an outage after which nothing was committed', async () => {
  const { proxy, store } = await throughProxy();
  proxy.onRequest = (chunk) => (chunk.includes('pg_notify') ? 'cut-before' : 'pass');
  const { token, run } = issue(store);
  await expect(run).rejects.toMatchObject({ name: 'StoreUnavailable', commitUnknown: false });
  expect(await stored(token.tokenId)).toEqual(NOTHING);
});

test('lost connections cost the pool no place, wherever in a transaction they were lost', async () => {
  const { proxy, store } = await throughProxy();
  for (const word of ['begin', 'insert into', 'commit', 'begin', 'insert into', 'commit']) {
    proxy.onRequest = (chunk) => (chunk.includes(word) ? 'cut-before' : 'pass');
    await expect(issue(store).run).rejects.toThrow(StoreUnavailable);
  }
  proxy.onRequest = () => 'pass';
  await Promise.all(Array.from({ length: 6 }, () => issue(store).run));
});

test('a rollback leaves its connection usable, and a terminated one is replaced', async () => {
  const store = await it.open('api', { poolMax: 1, applicationName: 'terminated' });
  for (let i = 0; i < 3; i += 1)
    await expect(issue(store, () => Promise.reject(new Error('no'))).run).rejects.toThrow('no');
  for (let i = 0; i < 3; i += 1) {
    const { run } = issue(store, async () => {
      await it.sql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'terminated'`);
    });
    await expect(run).rejects.toThrow(StoreUnavailable);
    expect(await store.now()).toBeGreaterThan(0);
  }
});
