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
];

test('changes carry the id of the top-level transaction that made them, also from inside a savepoint', async () => {
  const [xid] = await it.store.unitOfWork.run(async (tx) => {
    await it.store.feed.append(tx, changes);
    const em = it.store.entityManagerOf(tx);
    await em.execute('savepoint inner_work');
    await it.store.feed.append(tx, [{ subject: 'owner', organizationId: 'acme', id: 'inside' }]);
    return em.execute<{ xid: string }[]>('select pg_current_xact_id()::text as xid');
  });
  const rows = await it.sql<{ xid: string; subject: string; subject_id: string | null }>(
    'select xid::text, subject, subject_id from latchkey.change order by subject, subject_id',
  );
  expect(rows.map(({ subject, subject_id }) => [subject, subject_id])).toEqual([
    ['organization', null],
    ['owner', 'ada'],
    ['owner', 'inside'],
    ['permissions', null],
    ['token', 'aB30000000000001'],
  ]);
  expect(new Set(rows.map((row) => row.xid))).toEqual(new Set([xid?.xid]));
});

test('what a snapshot has not seen is found by its transaction ids, also where it commits late', async () => {
  await it.sql('delete from latchkey.change');
  const late = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const slow = it.store.unitOfWork.run(async (tx) => {
    await it.store.feed.append(tx, [{ subject: 'token', organizationId: 'acme', id: 'slow' }]);
    begun.resolve();
    await late.promise;
  });
  await begun.promise;
  await it.store.unitOfWork.run((tx) =>
    it.store.feed.append(tx, [{ subject: 'token', organizationId: 'acme', id: 'fast' }]),
  );
  const [seen] = await it.sql<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot');
  late.resolve();
  await slow;
  const missed = await it.sql(
    `select subject_id from latchkey.change
      where xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot)`,
    [seen?.snapshot],
  );
  expect(missed).toEqual([{ subject_id: 'slow' }]);
});

test('a change of an unknown subject, or of one without its id, is refused', async () => {
  for (const change of [{ subject: 'weather', id: 'x' }, { subject: 'token' }]) {
    const run = it.store.unitOfWork.run((tx) =>
      it.store.feed.append(tx, [{ organizationId: 'acme', ...change } as unknown as Change]),
    );
    await expect(run).rejects.toMatchObject({ code: '23514' });
  }
});
