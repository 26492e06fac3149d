import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { Change } from './change-feed.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
});
afterAll(() => Promise.all(closers.map((close) => close())));

const changes: readonly Change[] = [
  { subject: 'token', organizationId: 'acme', id: 'aB30000000000001' },
  { subject: 'owner', organizationId: 'acme', id: 'ada' },
  { subject: 'organization', organizationId: 'beta' },
  { subject: 'permissions', organizationId: 'acme' },
  { subject: 'installation' },
  { subject: 'credential', id: '000aB30000000001' },
];

test('changes carry the id of the top-level transaction that made them, also from inside a savepoint', async () => {
  const { receipt, xid } = await it.store.unitOfWork.run(async (tx) => {
    const receipt = await it.store.feed.append(tx, changes);
    const em = it.store.entityManagerOf(tx);
    await em.execute('savepoint inner_work');
    await it.store.feed.append(tx, [{ subject: 'owner', organizationId: 'acme', id: 'inside' }]);
    const [row] = await em.execute<{ xid: string }[]>('select pg_current_xact_id()::text as xid');
    return { receipt, xid: row?.xid };
  });
  const rows = await it.sql<{ xid: string; subject: string; subject_id: string | null }>(
    'select xid::text, subject, subject_id from latchkey.change order by subject, subject_id',
  );
  expect(rows.map(({ subject, subject_id }) => [subject, subject_id])).toEqual([
    ['credential', '000aB30000000001'],
    ['installation', null],
    ['organization', null],
    ['owner', 'ada'],
    ['owner', 'inside'],
    ['permissions', null],
    ['token', 'aB30000000000001'],
  ]);
  expect(new Set(rows.map((row) => row.xid))).toEqual(new Set([xid]));
  expect(receipt).toEqual({ xid, incarnation: await it.store.feed.incarnation() });
});

test('a change of an unknown subject, or of one without its id, or of nobody, is refused', async () => {
  const wrong = [
    { subject: 'weather', id: 'x' },
    { subject: 'token' },
    { subject: 'installation' },
    { subject: 'credential', id: 'x' },
    { subject: 'credential', organizationId: '' },
    { subject: 'organization', organizationId: '' },
  ];
  for (const change of wrong) {
    const run = it.store.unitOfWork.run((tx) =>
      it.store.feed.append(tx, [{ organizationId: 'acme', ...change } as unknown as Change]),
    );
    await expect(run).rejects.toMatchObject({ code: '23514' });
  }
});

test('no changes are no stop', async () => {
  expect(await it.store.unitOfWork.run((tx) => it.store.feed.append(tx, []))).toBeNull();
});

test.each(['off', 'local', 'remote_write', 'on', 'remote_apply'])(
  'a stop is durable before it is answered, where synchronous_commit is %s',
  async (setting) => {
    const within = await it.store.unitOfWork.run(async (tx) => {
      const em = it.store.entityManagerOf(tx);
      await em.execute(`set local synchronous_commit = ${setting}`);
      await it.store.feed.append(tx, changes);
      const [row] = await em.execute<{ synchronous_commit: string }[]>('show synchronous_commit');
      return row?.synchronous_commit;
    });
    expect(within).toBe(setting === 'remote_apply' ? 'remote_apply' : 'on');
  },
);
