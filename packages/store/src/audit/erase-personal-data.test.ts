import { beforeEach, expect, test } from 'vitest';
import { appendEvents, auditEvent, checkChain, sealAll } from '../../test/audit-chain.ts';
import { addMonth, daysSince, dropOverdue, monthsAgo } from '../../test/audit-months.ts';
import { addOrganization, addToken } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { OpenStore } from '../index.ts';
import { erasePersonalData } from './erase-personal-data.ts';

let it: TestStore;
let worker: OpenStore;
beforeEach(async () => {
  it = await openTestStore();
  worker = await it.open('worker');
  await addOrganization(it.store);
});

const erase = (memberId = 'ada', organizationId = 'acme') =>
  erasePersonalData({ adminUrl: it.adminUrl, organizationId, memberId, reason: 'asked for it' });
const personal = async () =>
  (await it.store.audit.list('acme', { filter: {}, limit: 1_000 })).map(({ actor, reason, address, client }) => ({
    actor: actor.id,
    left: [reason, address, client].filter((each) => each !== null).length,
  }));

test('AUDIT-WITH-CAUSE: what was erased is gone, and the chain still proves everything else', async () => {
  const { tokenId } = await addToken(it.store, { ownerId: 'ada' });
  await appendEvents(it.store, [
    auditEvent(1),
    auditEvent(2, { actor: { type: 'token', id: tokenId } }),
    auditEvent(3, { actor: { type: 'member', id: 'bob' } }),
    auditEvent(4, { organizationId: 'beta' }),
  ]);
  await sealAll(worker);
  const [before] = await it.store.auditChain.read('acme', 0, 1);
  expect(await erase()).toEqual({ erasedCount: 2 });
  await sealAll(worker);
  expect(await personal()).toEqual(
    expect.arrayContaining([
      { actor: 'ada', left: 0 },
      { actor: tokenId, left: 0 },
      { actor: 'bob', left: 3 },
    ]),
  );
  expect(await checkChain(it.store)).toMatchObject({ problems: [], sealCount: 4, intact: 4 });
  // TENANT-WALL: a member of the same id elsewhere is somebody else.
  expect(await checkChain(it.store, [], { organizationId: 'beta' })).toMatchObject({ problems: [], sealCount: 1 });
  const [{ address } = { address: null }] = await it.store.audit.list('beta', { filter: {}, limit: 1 });
  expect(address).toBe('2001:db8::1');
  // What stays of it is a digest whose salt is nowhere any more.
  const dump = JSON.stringify(await it.sql('select * from latchkey.audit_event where organization_id = $1', ['acme']));
  expect(before?.event?.salt).toMatch(/^[0-9a-f-]{36}$/);
  expect(dump).not.toContain(String(before?.event?.salt));

  expect(await erase()).toEqual({ erasedCount: 0 });
});

test('in slices, each with its record, and only what has been sealed', async () => {
  await appendEvents(
    it.store,
    Array.from({ length: 1_100 }, (_, i) => auditEvent(i)),
  );
  await sealAll(worker, 500);
  await appendEvents(it.store, [auditEvent(2_000)]);
  expect(await erase()).toEqual({ erasedCount: 1_100 });
  await sealAll(worker);
  expect(await checkChain(it.store)).toMatchObject({ problems: [], sealCount: 1_104 });
  expect((await personal()).filter(({ actor, left }) => actor === 'ada' && left > 0)).toHaveLength(1);
  expect(await erase()).toEqual({ erasedCount: 1 });
});

test('AUDIT-WITH-CAUSE: data that is gone without a record is found, whatever the row says', async () => {
  await appendEvents(it.store, [auditEvent(1), auditEvent(2), auditEvent(3, { actor: { type: 'member', id: 'bob' } })]);
  await sealAll(worker);
  await erase();
  await sealAll(worker);
  const [record] = await it.sql(
    `select event_id from latchkey.audit_event where action = 'organization.personal_data_erased'`,
  );
  const pretend = (erasedBy: unknown) =>
    it.sql(
      `update latchkey.audit_event set reason = null, address = null, client = null, salt = null, erased_by = $1
        where actor_id = 'bob'`,
      [erasedBy],
    );
  const found = { problems: [{ type: 'erased_unrecorded', number: 3 }], intact: 2 };
  await pretend(record?.['event_id']);
  expect(await checkChain(it.store)).toMatchObject(found);
  await pretend('00000000-0000-4000-8000-000000000000');
  expect(await checkChain(it.store)).toMatchObject(found);
  // A record that was bent to name it is itself found.
  const [bob] = await it.sql(`select event_id from latchkey.audit_event where actor_id = 'bob'`);
  await pretend(record?.['event_id']);
  await it.sql(
    `update latchkey.audit_event set details = jsonb_build_object('eventIds', details -> 'eventIds' || to_jsonb($1::text))
      where action = 'organization.personal_data_erased'`,
    [bob?.['event_id']],
  );
  expect((await checkChain(it.store)).problems).toMatchObject([{ type: 'event_changed', number: 4 }]);
});

test('what a token did is found after its tombstone was purged', async () => {
  const { tokenId } = await addToken(it.store, { ownerId: 'ada' });
  await appendEvents(it.store, [auditEvent(1, { actor: { type: 'token', id: tokenId } })]);
  await it.sql(`update latchkey.token set state = 'revoked', revoked_at = now() - interval '900 d'`);
  expect(await worker.housekeeping.purgeTombstones('acme', 400, 10)).toBe(1);
  await sealAll(worker);
  expect(await erase('bob')).toEqual({ erasedCount: 0 });
  expect(await erase()).toEqual({ erasedCount: 1 });
});

test('AUDIT-WITH-CAUSE: across months, and before and after retention has dropped some of them', async () => {
  for (const ago of [6, 5, 4]) await addMonth(worker, ago);
  await it.sql('update latchkey.installation set audit_retention_days = $1', [daysSince(monthsAgo(5))]);
  expect(await dropOverdue(worker)).toHaveLength(1);
  await sealAll(worker);
  // Six of ada's are left, in two months; what is gone needs no erasing, and its stub holds nothing of anybody.
  expect(await erase()).toEqual({ erasedCount: 6 });
  await sealAll(worker);
  expect((await personal()).filter(({ actor, left }) => actor === 'ada' && left > 0)).toEqual([]);
  expect(await checkChain(it.store)).toMatchObject({ problems: [], sealCount: 8 });
  expect(JSON.stringify(await it.sql('select * from latchkey.audit_stub'))).not.toMatch(/ada|2001:db8/);
  // The month of the erased goes before the record of the erasure does, or with it.
  await addMonth(worker, 0, { at: Date.now() });
  await it.sql('update latchkey.installation set audit_retention_days = $1', [daysSince(monthsAgo(4))]);
  expect(await dropOverdue(worker)).toHaveLength(1);
  await sealAll(worker);
  expect((await checkChain(it.store)).problems).toEqual([]);
  expect(await erase()).toEqual({ erasedCount: 3 });
});
