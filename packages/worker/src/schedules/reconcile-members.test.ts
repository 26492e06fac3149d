import { createMemoryHost, featbitCatalogue, type MemoryHost } from '@latchkey/host';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Installation, openInstallation } from '../../test/installation.ts';
import { addMember, arrivedAt } from '../../test/removal.ts';
import { runJob } from '../jobs/run-job.ts';
import { runSchedule } from './run-schedule.ts';

const never = new AbortController().signal;
let installation: Installation;
let memory: MemoryHost;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());
beforeEach(async () => {
  memory = createMemoryHost();
  memory.putOrganization(installation.organizationId, featbitCatalogue);
  await installation.query('delete from latchkey.owner_gate');
  await installation.query('delete from latchkey.outbox_message');
  await installation.query('delete from latchkey.reconciliation');
});

const put = (memberId: string) =>
  memory.putMember(installation.organizationId, {
    ...{ memberId, email: `${memberId}@acme.example`, name: memberId, locale: 'en', memberSince: 0, policyIds: [] },
  });
/** So many members, each with personal tokens of its own and an open gate. */
const addOwners = async (count: number, tokenCount = 2) => {
  const memberIds: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const memberId = await addMember(installation, tokenCount);
    await installation.query('insert into latchkey.owner_gate (organization_id, member_id) values ($1, $2)', [
      installation.organizationId,
      memberId,
    ]);
    put(memberId);
    memberIds.push(memberId);
  }
  return memberIds;
};
const remove = (memberIds: readonly string[]) => {
  for (const memberId of memberIds) memory.removeMember(installation.organizationId, memberId);
};
const tick = (now = Date.now(), host: MemoryHost['host'] = memory.host, signal = never) =>
  runSchedule(
    {
      store: installation.workerStore,
      channels: [],
      tombstoneDays: 400,
      reconciling: { host, share: 0.1 },
    },
    'reconcile-members',
    now,
    signal,
  );
const effectOf = async (result: ReturnType<typeof tick>) => {
  const settled = await result;
  return 'effectCount' in settled ? settled.effectCount : settled.because;
};
const closed = async () =>
  (
    await installation.query<{ member_id: string }>(
      'select member_id from latchkey.owner_gate where closed_at is not null order by member_id',
    )
  ).map(({ member_id }) => member_id);
const messages = (name: string) =>
  installation.query<{ payload: Record<string, unknown> }>(
    'select payload from latchkey.outbox_message where name = $1 order by created_at',
    [name],
  );
const kept = () => installation.workerStore.reconciliations.find(installation.organizationId);

describe('reconcile-members', () => {
  it('removes whom the host no longer knows as the event would have: gate, change, audit event, cascade', async () => {
    const [stays = '', goes = ''] = await addOwners(2);
    await installation.query(
      `insert into latchkey.session (organization_id, digest, member_id, created_at, last_seen_at, expires_at)
       select $1, sha256($2::text::bytea), $2, now(), now(), now() + interval '1 h'`,
      [installation.organizationId, goes],
    );
    remove([goes]);
    expect(await effectOf(tick())).toBe(1);
    expect(await closed()).toEqual([goes]);
    const changes = await installation.query(
      `select 1 from latchkey.change where subject = 'owner' and subject_id = $1`,
      [goes],
    );
    expect(changes).toHaveLength(1);
    expect(await installation.query('select 1 from latchkey.session where member_id = $1', [goes])).toEqual([]);
    const events = await installation.store.audit.list(installation.organizationId, {
      filter: { targetId: goes },
      limit: 5,
    });
    expect(events).toMatchObject([
      {
        action: 'member.removed',
        actor: { type: 'worker', id: 'reconcile-members' },
        details: { cause: 'reconciled' },
      },
    ]);
    const [{ payload } = { payload: {} }] = await messages('cascade-member-removal');
    const job = { name: 'cascade-member-removal', data: payload };
    const deps = { store: installation.workerStore, clock: { now: () => Date.now() }, notifiers: {} };
    expect(await runJob(deps, job, never)).toEqual({ outcome: 'done', effectCount: 2 });
    expect(await arrivedAt(installation, goes)).toMatchObject({ active: 0, inactive: 2 });
    expect(await arrivedAt(installation, stays)).toMatchObject({ active: 2 });
  });

  it('ONE-EFFECT: three times in series, and three times at once', async () => {
    const owners = await addOwners(60, 1);
    remove(owners.slice(0, 3));
    for (const count of [3, 0, 0]) expect(await effectOf(tick())).toBe(count);
    remove(owners.slice(3, 6));
    const effects = await Promise.all([1, 2, 3].map(() => effectOf(tick())));
    expect(effects.reduce((sum: number, each) => sum + Number(each), 0)).toBe(3);
    expect(await closed()).toEqual(owners.slice(0, 6).sort());
    expect(await messages('cascade-member-removal')).toHaveLength(6);
    const [marks] = await installation.query(
      'select distinct mark::int as mark from latchkey.owner_gate where closed_at is not null',
    );
    expect(marks).toEqual({ mark: 1 });
  });

  it('TERMINAL: whoever is known again stays removed here', async () => {
    const [member = ''] = await addOwners(2);
    remove([member]);
    await tick();
    // A host that breaks its promise, and knows the same membership again.
    memory = createMemoryHost();
    memory.putOrganization(installation.organizationId, featbitCatalogue);
    put(member);
    expect(await effectOf(tick())).toBe(1);
    expect(await closed()).toContain(member);
    const [gate] = await installation.query('select mark::int as mark from latchkey.owner_gate where member_id = $1', [
      member,
    ]);
    expect(gate).toEqual({ mark: 1 });
  });

  it('FAIL-CLOSED: an outage, an empty list and one that goes in circles end nothing, and are visible', async () => {
    const owners = await addOwners(3);
    memory.setAvailable(false);
    await expect(tick()).rejects.toThrow(/could not be compared/);
    expect(await kept()).toMatchObject({ outcome: 'host_unavailable' });
    memory.setAvailable(true);
    const { host } = memory;
    await expect(tick(Date.now(), { ...host, listMembers: async () => [] })).rejects.toThrow();
    const page = await host.listMembers(installation.organizationId, { limit: 500 });
    const circling = Array.from({ length: 500 }, (_, number) => page[number % page.length]).filter(
      (each) => each !== undefined,
    );
    await expect(tick(Date.now(), { ...host, listMembers: async () => circling })).rejects.toThrow();
    expect(await closed()).toEqual([]);
    expect(await messages('cascade-member-removal')).toEqual([]);
    // A list that was cut short is no proof: each is asked about by itself.
    const cut = async (organizationId: string, page: { readonly limit: number }) =>
      (await host.listMembers(organizationId, page)).slice(0, 1);
    expect(await effectOf(tick(Date.now(), { ...host, listMembers: cut }))).toBe(0);
    expect(await closed()).toEqual([]);
    remove(owners.slice(0, 1));
    expect(await effectOf(tick())).toBe(1);
  });

  it('so many at once are held, told to administrators once, and removed when an operator has confirmed them', async () => {
    const owners = await addOwners(20, 1);
    remove(owners.slice(0, 5));
    const now = Date.now();
    for (const at of [now, now + 3_600_000]) expect(await effectOf(tick(at))).toBe(0);
    await Promise.all([1, 2].map(() => tick(now + 7_200_000)));
    expect(await closed()).toEqual([]);
    expect(await kept()).toMatchObject({ outcome: 'held', ownerCount: 20, confirmedIds: null });
    expect((await kept())?.missingIds.toSorted()).toEqual(owners.slice(0, 5).sort());
    const told = await messages('notify');
    expect(told.map(({ payload }) => payload)).toMatchObject([
      { kind: 'members_missing', administrators: true, count: 5, about: now },
    ]);

    // An outage in between makes it no news.
    memory.setAvailable(false);
    await tick().catch(() => undefined);
    memory.setAvailable(true);
    await tick();
    expect(await messages('notify')).toHaveLength(1);

    const confirm = () =>
      installation.store.unitOfWork.run((tx) =>
        installation.store.reconciliations.confirm(tx, installation.organizationId),
      );
    expect(await confirm()).toHaveLength(5);
    // What is missing beyond the confirmed is held again.
    remove(owners.slice(5, 6));
    expect(await effectOf(tick())).toBe(0);
    expect(await closed()).toEqual([]);
    expect(await confirm()).toHaveLength(6);
    expect(await effectOf(tick())).toBe(6);
    expect(await closed()).toEqual(owners.slice(0, 6).sort());
    expect(await kept()).toMatchObject({ outcome: 'done', missingIds: [], confirmedIds: null });
    expect(await confirm()).toBeNull();
  });

  it('told to stop takes no further slice', async () => {
    const owners = await addOwners(3);
    remove(owners.slice(0, 1));
    expect(await tick(Date.now(), memory.host, AbortSignal.abort())).toEqual({
      outcome: 'interrupted',
      effectCount: 0,
    });
    expect(await closed()).toEqual([]);
  });
});

it('the worker can close a gate, and open none', async () => {
  const [member = ''] = await addOwners(1);
  const { reconciliations, unitOfWork } = installation.workerStore;
  const close = (memberId: string) =>
    unitOfWork.run((tx) => reconciliations.closeGate(tx, installation.organizationId, memberId, Date.now()));
  expect(await close(member)).toBe(true);
  expect(await close(member)).toBe(false);
  expect(await close('nobody')).toBe(false);
  expect(await installation.query(`select 1 from latchkey.owner_gate where member_id = 'nobody'`)).toEqual([]);
});
