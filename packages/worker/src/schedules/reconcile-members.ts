import { type Host, HostUnavailable, type Instant } from '@latchkey/core';
import type { Store } from '@latchkey/store';
import { notificationIdOf } from '../notifications/notification-id.ts';
import { findMissing } from './find-missing.ts';
import { forOrganizations } from './for-organizations.ts';
import { resumeCascades } from './resume-cascades.ts';
import type { ScheduleHandler, SlicedOutcome } from './schedule-handler.ts';

export interface Reconciling {
  readonly host: Pick<Host, 'findMember' | 'listMembers'>;
  /** Of the owners, from 0 to 1: where more than that are missing at once nothing is done until somebody has looked. */
  readonly share: number;
}

/** A few are missing in any small organization when a team leaves. */
const alwaysBelieved = 3;
const sliceSize = 20;

type Deps = { readonly store: Pick<Store, 'unitOfWork' | 'reconciliations' | 'audit' | 'feed' | 'outbox'> };

/**
 * Compares those who own tokens with the members that the host knows, because events get lost: who is gone there is
 * removed here, as the event would have done it; and what a removal left undone is taken up again. What is held back waits
 * in safety: verification asks the host for each owner, and lets nobody in whom it does not know (FAIL-CLOSED). TERMINAL:
 * whoever is back has another membership; a gate that was closed stays closed.
 */
export const reconcileMembers: ScheduleHandler = async (deps, now, signal) => {
  const { reconciling } = deps;
  const outages: unknown[] = [];
  const result = await forOrganizations(deps, signal, async (organizationId) => {
    // First: what was decided already needs no host.
    const resumed = await resumeCascades(deps, organizationId, now, signal);
    if (reconciling === undefined || resumed.outcome === 'interrupted') return resumed;
    const compared = await reconcile(deps, reconciling, organizationId, now, signal).catch(async (error: unknown) => {
      if (!(error instanceof HostUnavailable)) throw error;
      // One organization's host must not keep the others from being compared.
      outages.push(error);
      await saveOutage(deps, organizationId, now);
      return { outcome: 'done', effectCount: 0 } as const;
    });
    return { ...compared, effectCount: resumed.effectCount + compared.effectCount };
  });
  // It failed, visibly, and is tried again.
  if (outages.length > 0) throw new AggregateError(outages, `${outages.length} organizations could not be compared`);
  return result;
};

const saveOutage = (deps: Deps, organizationId: string, now: Instant): Promise<unknown> =>
  deps.store.unitOfWork.run(async (tx) => {
    const before = await deps.store.reconciliations.find(organizationId, tx);
    await deps.store.reconciliations.save(tx, {
      organizationId,
      comparedAt: now,
      outcome: 'host_unavailable',
      ownerCount: before?.ownerCount ?? 0,
      missingIds: before?.missingIds ?? [],
    });
  });

const reconcile = async (
  deps: Deps,
  { host, share }: Reconciling,
  organizationId: string,
  now: Instant,
  signal: AbortSignal,
): Promise<SlicedOutcome> => {
  const { missingIds, ownerCount } = await findMissing(deps.store, host, organizationId, signal);
  if (signal.aborted) return { outcome: 'interrupted', effectCount: 0 };
  const comparison = { organizationId, comparedAt: now, ownerCount };
  if (missingIds.length > Math.max(alwaysBelieved, share * ownerCount)) {
    const confirmed = new Set((await deps.store.reconciliations.find(organizationId))?.confirmedIds);
    if (!missingIds.every((memberId) => confirmed.has(memberId))) {
      await hold(deps, { ...comparison, missingIds });
      return { outcome: 'done', effectCount: 0 };
    }
  }
  let effectCount = 0;
  for (let from = 0; from < missingIds.length; from += sliceSize) {
    if (signal.aborted) return { outcome: 'interrupted', effectCount };
    effectCount += await removeSlice(deps, organizationId, missingIds.slice(from, from + sliceSize), now);
  }
  await deps.store.unitOfWork.run((tx) =>
    deps.store.reconciliations.save(tx, { ...comparison, outcome: 'done', missingIds: [] }),
  );
  return { outcome: 'done', effectCount };
};

/** Tells administrators once, when it begins: each further tick finds it held. */
const hold = (
  { store }: Deps,
  held: {
    readonly organizationId: string;
    readonly comparedAt: Instant;
    readonly ownerCount: number;
    readonly missingIds: readonly string[];
  },
): Promise<void> =>
  store.unitOfWork.run(async (tx) => {
    const { organizationId, comparedAt, missingIds } = held;
    const before = await store.reconciliations.save(tx, { ...held, outcome: 'held' });
    if (before !== null && before.outcome !== 'done' && before.missingIds.length > 0) return;
    await store.outbox.add(tx, organizationId, 'notify', {
      organizationId,
      notificationId: notificationIdOf('members_missing', organizationId, comparedAt),
      kind: 'members_missing',
      tokenId: null,
      tokenName: null,
      memberIds: [],
      administrators: true,
      about: comparedAt,
      count: missingIds.length,
      address: null,
      client: null,
    });
  });

/** All that a member's removal does, for those whose gate this transaction closes (ONE-EFFECT, AUDIT-WITH-CAUSE). */
const removeSlice = (
  { store }: Deps,
  organizationId: string,
  memberIds: readonly string[],
  now: Instant,
): Promise<number> =>
  store.unitOfWork.run(async (tx) => {
    const removedBy = { type: 'worker', id: 'reconcile-members' } as const;
    let removedCount = 0;
    for (const memberId of memberIds) {
      if (!(await store.reconciliations.closeGate(tx, organizationId, memberId, now))) continue;
      removedCount += 1;
      // DEAD-ON-RETURN: every verifier hears of it.
      await store.feed.append(tx, [{ subject: 'owner', organizationId, id: memberId }]);
      await store.audit.append(tx, [
        {
          organizationId,
          at: now,
          actor: removedBy,
          action: 'member.removed',
          target: { type: 'member', id: memberId },
          ...{ reason: null, address: null, client: null, requestId: null },
          details: { cause: 'reconciled' },
        },
      ]);
      await store.outbox.add(tx, organizationId, 'cascade-member-removal', {
        ...{ organizationId, memberId, removedBy, requestId: null },
      });
    }
    return removedCount;
  });
