import { beforeEach, expect, test } from 'vitest';
import { appendEvents, auditEvent, checkChain, sealAllAt } from '../../test/audit-chain.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { OpenStore } from '../index.ts';

let it: TestStore;
let worker: OpenStore;
beforeEach(async () => {
  it = await openTestStore();
  worker = await it.open('worker');
});

const sealAt = (instant: string) => sealAllAt(worker, Date.parse(instant));

const places = async () =>
  Object.fromEntries(
    (
      await it.sql<{ place: string; targets: string[] }>(
        `select replace(e.tableoid::regclass::text, 'latchkey.audit_event_', '') as place,
                array_agg(e.target_id order by e.at) as targets from latchkey.audit_event e group by 1`,
      )
    ).map(({ place, targets }) => [place, targets]),
  );

test('an event is written among the unsealed and moves to the month of its seal, to the millisecond', async () => {
  await appendEvents(it.store, [auditEvent(1)]);
  expect(await places()).toEqual({ unsealed: ['token-1'] });
  await sealAt('2027-02-28T23:59:59.999Z');
  await appendEvents(it.store, [auditEvent(2)]);
  await sealAt('2027-03-01T00:00:00.000Z');
  await appendEvents(it.store, [auditEvent(3)]);
  expect(await places()).toEqual({ '2027_02': ['token-1'], '2027_03': ['token-2'], unsealed: ['token-3'] });
  await sealAt('2027-03-31T23:59:59.999Z');
  // Its seal is where the event is.
  const [{ apart } = { apart: -1 }] = await it.sql<{ apart: number }>(
    `select count(*)::int as apart from latchkey.audit_seal s left join latchkey.audit_event e
      using (organization_id, at, event_id, sealed_month) where e.event_id is null`,
  );
  expect(apart).toBe(0);
  expect(await checkChain(it.store)).toMatchObject({ problems: [], sealCount: 3, intact: 3 });
});

test('a month that nobody has made ahead is made by the sealer', async () => {
  await appendEvents(it.store, [auditEvent(1)]);
  await it.sql('drop table if exists latchkey.audit_event_2027_07, latchkey.audit_seal_2027_07');
  expect(await sealAt('2027-07-04T12:00:00.000Z')).toBe(1);
  expect(await places()).toEqual({ '2027_07': ['token-1'] });
});

test('times of sealing grow with the numbers, also where the clock was set back by a month', async () => {
  await appendEvents(it.store, [auditEvent(1)]);
  await sealAt('2027-03-15T00:00:00.000Z');
  await appendEvents(it.store, [auditEvent(2), auditEvent(3, { organizationId: 'beta' })]);
  await sealAt('2027-02-15T00:00:00.000Z');
  const sealedAt = (await it.store.auditChain.read('acme', 0, 10)).map(({ seal }) =>
    new Date(seal.sealedAt).toISOString(),
  );
  expect(sealedAt).toEqual(['2027-03-15T00:00:00.000Z', '2027-03-15T00:00:00.000Z']);
  expect(await checkChain(it.store)).toMatchObject({ problems: [], intact: 2 });
});

test('what is read by the time of sealing is right across months', async () => {
  const months = ['2027-01', '2027-02', '2027-03', '2027-04'];
  for (const [i, month] of months.entries()) {
    await appendEvents(it.store, [auditEvent(2 * i), auditEvent(2 * i + 1)]);
    await sealAt(`${month}-01T00:00:00.000Z`);
  }
  const between = async (from: string | null, to: string | null) => {
    const range = { after: 0, from: from === null ? null : Date.parse(from), to: to === null ? null : Date.parse(to) };
    return (await it.store.auditChain.readBetween('acme', range, 100)).map(({ seal }) => seal.number);
  };
  expect(await between(null, null)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await between('2027-02-01T00:00:00.000Z', '2027-03-01T00:00:00.000Z')).toEqual([3, 4]);
  expect(await between('2027-02-01T00:00:00.000Z', '2027-03-01T00:00:00.001Z')).toEqual([3, 4, 5, 6]);
  expect(await between('2027-01-31T23:59:59.999Z', '2027-02-01T00:00:00.001Z')).toEqual([3, 4]);
  const list = await it.store.audit.list('acme', { filter: { actorId: 'ada' }, limit: 3 });
  expect(list.map(({ target }) => target.id)).toEqual(['token-7', 'token-6', 'token-5']);
});
