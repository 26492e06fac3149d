import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, openInstallation } from '../../test/installation.ts';
import { addMember, allOf, arrivedAt, payloadFor, removeMember } from '../../test/removal.ts';
import { runJob } from './run-job.ts';

const never = new AbortController().signal;
let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());

const cascade = (memberId: string, signal = never) =>
  runJob(
    // With the rights of the worker's role and no more.
    { store: installation.workerStore, clock: { now: () => Date.now() }, notifiers: {} },
    { name: 'cascade-member-removal', data: payloadFor(installation.organizationId, memberId) },
    signal,
  );

/** ONE-EFFECT */
describe('the cascade', () => {
  it('three times in series has one effect', async () => {
    const memberId = await addMember(installation, 250);
    await removeMember(installation, memberId);
    expect(await cascade(memberId)).toEqual({ outcome: 'done', effectCount: 250 });
    expect(await cascade(memberId)).toEqual({ outcome: 'done', effectCount: 0 });
    expect(await cascade(memberId)).toEqual({ outcome: 'done', effectCount: 0 });
    expect(await arrivedAt(installation, memberId)).toEqual(allOf(250));
  });

  it('three times in parallel has one effect, and each of them ends only when all is done', async () => {
    const memberId = await addMember(installation, 550);
    await removeMember(installation, memberId);
    const results = await Promise.all(
      [1, 2, 3].map(async () => {
        const result = await cascade(memberId);
        return { result, arrived: await arrivedAt(installation, memberId) };
      }),
    );
    expect(results.map(({ result }) => result.outcome)).toEqual(['done', 'done', 'done']);
    const effects = results.map(({ result }) => ('effectCount' in result ? result.effectCount : 0));
    expect(effects.reduce((sum, count) => sum + count)).toBe(550);
    for (const { arrived } of results) expect(arrived).toEqual(allOf(550));
  });

  it('goes on where the slice before ended, and still ends what another worker has given back behind it', async () => {
    const memberId = await addMember(installation, 250);
    await removeMember(installation, memberId);
    const { workerStore, query } = installation;
    const [lowest] = await query<{ id: string }>('select min(token_id) as id from latchkey.token where owner_id = $1', [
      memberId,
    ]);
    const begun: string[] = [];
    const tokens: typeof workerStore.tokens = {
      ...workerStore.tokens,
      deactivateForRemovedOwner: async (...[tx, organizationId, ownerId, limit, at, after = '']) => {
        begun.push(after);
        // As seen while somebody else's transaction has this one, and then rolls back.
        const from = begun.length === 1 ? (lowest?.id ?? '') : after;
        return workerStore.tokens.deactivateForRemovedOwner(tx, organizationId, ownerId, limit, at, from);
      },
    };
    const deps = { store: { ...workerStore, tokens }, clock: { now: () => Date.now() }, notifiers: {} };
    const job = { name: 'cascade-member-removal', data: payloadFor(installation.organizationId, memberId) };
    expect(await runJob(deps, job, never)).toEqual({ outcome: 'done', effectCount: 250 });
    expect(await arrivedAt(installation, memberId)).toEqual(allOf(250));
    // Three slices, each behind the one before, and then from the beginning until nothing is there.
    expect(begun.slice(0, 4)).toEqual(['', ...begun.slice(1, 4).toSorted()]);
    expect(new Set(begun.slice(0, 4)).size).toBe(4);
    expect(begun.at(-1)).toBe('');
  });

  it('leaves what was revoked revoked, and makes what was deactivated by request final', async () => {
    const memberId = await addMember(installation, 3);
    await installation.query(
      `update latchkey.token set state = 'revoked', revoked_at = now() where token_id =
         (select min(token_id) from latchkey.token where owner_id = $1)`,
      [memberId],
    );
    await installation.query(
      `update latchkey.token set state = 'inactive', deactivated_at = now(), deactivated_because = 'asked'
        where token_id = (select max(token_id) from latchkey.token where owner_id = $1)`,
      [memberId],
    );
    await removeMember(installation, memberId);
    expect(await cascade(memberId)).toEqual({ outcome: 'done', effectCount: 2 });
    expect(await arrivedAt(installation, memberId)).toMatchObject({ active: 0, inactive: 2, events: { '1': 2 } });
  });

  it('told to stop takes no further slice', async () => {
    const memberId = await addMember(installation, 1);
    await removeMember(installation, memberId);
    expect(await cascade(memberId, AbortSignal.abort())).toEqual({ outcome: 'interrupted', effectCount: 0 });
    expect(await arrivedAt(installation, memberId)).toMatchObject({ active: 1 });
  });

  it('of an owner whose gate is open, or who never was, is refused', async () => {
    const memberId = await addMember(installation, 1);
    expect(await cascade(memberId)).toMatchObject({ outcome: 'refused' });
    expect(await cascade('nobody')).toMatchObject({ outcome: 'refused' });
    expect(await arrivedAt(installation, memberId)).toMatchObject({ active: 1 });
  });

  it('of another organization’s member of the same id touches nobody here (TENANT-WALL)', async () => {
    const memberId = await addMember(installation, 2);
    await installation.store.unitOfWork.run((tx) => installation.store.ownerGates.close(tx, 'org-2', memberId, 1));
    const result = await runJob(
      { store: installation.workerStore, clock: { now: () => Date.now() }, notifiers: {} },
      { name: 'cascade-member-removal', data: payloadFor('org-2', memberId) },
      never,
    );
    expect(result).toEqual({ outcome: 'done', effectCount: 0 });
    expect(await arrivedAt(installation, memberId)).toMatchObject({ active: 2 });
  });
});

describe('the report of a removal', () => {
  const organizationId = 'org-1';
  const reports = (memberId: string) =>
    installation.store.audit.list(organizationId, {
      filter: { action: 'member.removal_reported', targetId: memberId },
      limit: 10,
    });
  const notices = (memberId: string) =>
    installation.query<{ payload: Record<string, unknown> }>(
      `select payload from latchkey.outbox_message where name = 'notify' and payload ->> 'aboutMemberId' = $1`,
      [memberId],
    );
  const idsOf = (memberId: string) =>
    installation.query<{ token_id: string; name: string; kind: string }>(
      'select token_id, name, kind from latchkey.token where issuer_id = $1 order by name',
      [memberId],
    );

  it('says once what ended, what was handed over, what goes on and when each was used, and tells who removed', async () => {
    const memberId = await addMember(installation, 3);
    const [service, first, second] = await idsOf(memberId);
    const usedAt = '2027-01-02T03:04:05.000Z';
    await installation.query('update latchkey.token set last_used_at = $2 where token_id = $1', [
      second?.token_id,
      usedAt,
    ]);
    await installation.store.unitOfWork.run((tx) =>
      installation.store.audit.append(tx, [
        {
          ...{ organizationId, at: 1, action: 'token.handed_over', reason: null, address: null, client: null },
          actor: { type: 'member', id: 'member-admin' },
          target: { type: 'token', id: first?.token_id ?? '' },
          ...{ requestId: null, details: { to: 'aB3takesOver00001' } },
        },
      ]),
    );
    await removeMember(installation, memberId);
    await Promise.all([cascade(memberId), cascade(memberId), cascade(memberId)]);
    await cascade(memberId);
    const [report, ...others] = await reports(memberId);
    expect(others).toEqual([]);
    expect(report).toMatchObject({
      ...{ actor: { type: 'worker', id: 'cascade-member-removal' }, requestId: 'request-1' },
      details: {
        removedBy: { type: 'member', id: 'member-admin' },
        ended: { total: 3 },
        goingOn: { total: 1, items: [{ tokenId: service?.token_id, lastUsedAt: null }] },
      },
    });
    const { items } = (report?.details['ended'] ?? { items: [] }) as { items: { tokenId: string }[] };
    // What was used last comes first: it is what will be missed.
    expect(items[0]).toEqual({
      ...{ tokenId: second?.token_id, name: second?.name, lastUsedAt: usedAt, handedOverTo: null },
    });
    expect(items.find(({ tokenId }) => tokenId === first?.token_id)).toMatchObject({
      handedOverTo: 'aB3takesOver00001',
    });
    expect(await notices(memberId)).toMatchObject([
      { payload: { kind: 'removal_report', memberIds: ['member-admin'], administrators: false, count: 3 } },
    ]);
  });

  it('comes only when all is done, and bothers nobody where nothing was', async () => {
    const stopped = await addMember(installation, 1);
    await removeMember(installation, stopped);
    await cascade(stopped, AbortSignal.abort());
    expect(await reports(stopped)).toEqual([]);
    const nothing = await addMember(installation, 0);
    await installation.query('delete from latchkey.token where issuer_id = $1', [nothing]);
    await removeMember(installation, nothing);
    await cascade(nothing);
    expect(await reports(nothing)).toMatchObject([{ details: { ended: { total: 0 }, goingOn: { total: 0 } } }]);
    expect(await notices(nothing)).toEqual([]);
  });
});

describe('a job', () => {
  const run = (name: string, data: unknown) =>
    runJob({ store: installation.workerStore, clock: { now: () => 0 }, notifiers: {} }, { name, data }, never);

  it('that nobody knows is refused', async () => {
    for (const name of ['job-of-next-year', 'constructor', '__proto__', '']) {
      expect(await run(name, {})).toMatchObject({ outcome: 'refused' });
    }
  });

  it('whose payload breaks its contract is refused, and the refusal does not repeat the payload', async () => {
    for (const data of [null, 'text', [], {}, { organizationId: 'canary', memberId: 7, requestId: 'canary' }]) {
      const result = await run('cascade-member-removal', data);
      expect(result).toMatchObject({ outcome: 'refused' });
      expect(JSON.stringify(result)).not.toContain('canary');
    }
  });

  it('from a later release, with a field that is not known here yet, is done', async () => {
    const memberId = await addMember(installation, 1);
    await removeMember(installation, memberId);
    const data = { ...payloadFor(installation.organizationId, memberId), fieldOfNextYear: true };
    expect(await run('cascade-member-removal', data)).toEqual({ outcome: 'done', effectCount: 1 });
  });
});
