import { type OpenStore, sealAuditEvents } from '@latchkey/store';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Installation, openInstallation } from '../../test/installation.ts';
import { chainCrypto } from '../audit/chain-crypto.ts';
import { runSchedule } from './run-schedule.ts';

const never = new AbortController().signal;
const sealing = { crypto: chainCrypto, keys: [{ id: 'audit-1', bytes: new Uint8Array(32).fill(7) }] } as const;
let installation: Installation;
let worker: OpenStore;
beforeEach(async () => {
  installation = await openInstallation();
  worker = installation.workerStore;
  onTestFinished(() => installation.close());
});

/** With the rights of the worker's role and no more. */
const tick = (given: { readonly sealing?: typeof sealing } = { sealing }) =>
  runSchedule({ store: worker, channels: [], tombstoneDays: 400, ...given }, 'keep-partitions', Date.now(), never);

const monthsAgo = (count: number, now = new Date()) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 2);

const addMonth = async (ago: number) => {
  await installation.store.unitOfWork.run((tx) =>
    installation.store.audit.append(tx, [
      {
        organizationId: installation.organizationId,
        at: monthsAgo(ago),
        actor: { type: 'member', id: 'ada' },
        action: 'token.issued',
        target: { type: 'token', id: `token-${ago}` },
        reason: null,
        address: null,
        client: null,
        requestId: null,
        details: {},
      },
    ]),
  );
  const store = { ...worker, now: async () => monthsAgo(ago) };
  await installation.transactionsEnded();
  expect((await sealAuditEvents(store, sealing, 100)).sealedCount).toBeGreaterThanOrEqual(1);
  await worker.auditChain.noteAnchored(await worker.auditChain.unanchored(0, 10));
};
const keepFor = (days: number | null) =>
  installation.query('update latchkey.installation set audit_retention_days = $1', [days]);
const left = async () =>
  (await installation.store.audit.list(installation.organizationId, { filter: { actorId: 'ada' }, limit: 50 })).map(
    ({ target }) => target.id,
  );

describe('keep-partitions', () => {
  it('ONE-EFFECT: makes months ahead and drops what retention lets go of, three times in series and at once', async () => {
    for (const ago of [8, 7, 6]) await addMonth(ago);
    // As a worker finds it that was away for long.
    for (const ago of [-2, -3]) {
      const suffix = new Date(monthsAgo(ago)).toISOString().slice(0, 7).replace('-', '_');
      await installation.query(`drop table latchkey.audit_event_${suffix}, latchkey.audit_seal_${suffix}`);
    }
    expect(await tick()).toEqual({ outcome: 'done', effectCount: 2 });
    expect(await left()).toHaveLength(3);
    await keepFor(30);
    for (const each of [await tick(), await tick(), await tick()]) expect(each.outcome).toBe('done');
    expect(await left()).toEqual([]);
    for (const ago of [5, 4]) await addMonth(ago);
    await Promise.all([tick(), tick(), tick()]);
    // One that gave way is made up for by the next.
    await tick();
    expect(await left()).toEqual([]);
    expect(await worker.auditRetention.facts()).toMatchObject({ overdueMonths: [] });
    const stubs = await worker.auditChain.stubs(installation.organizationId);
    expect(stubs.reduce((sum, { eventCount }) => sum + eventCount, 0)).toBeGreaterThanOrEqual(5);
  });

  it('AUDIT-WITH-CAUSE: drops nothing that somebody has bent, nothing without keys, and nothing where all is kept', async () => {
    for (const ago of [8, 7]) await addMonth(ago);
    expect(await tick()).toMatchObject({ outcome: 'done' });
    await keepFor(30);
    expect(await tick({})).toMatchObject({ outcome: 'done', effectCount: 0 });
    await installation.query(`update latchkey.audit_seal set mac = sha256('x') where number = 1`);
    expect(await tick()).toMatchObject({ outcome: 'refused', because: expect.stringContaining('broken') });
    expect(await left()).toEqual(['token-7', 'token-8']);
  });
});
