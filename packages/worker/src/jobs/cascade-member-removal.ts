import type { JobContract } from '@latchkey/store';
import type { JobHandler, JobHandlerDeps } from './job-handler.ts';
import { reportMemberRemoval } from './report-member-removal.ts';

/** Tokens deactivated in one transaction: short enough to hold row locks for some ten milliseconds. */
export const cascadeSliceSize = 100;

/**
 * Deactivates a removed member's personal tokens for good, each with one audit event. Nobody waits for it: the closed
 * gate refused them all when the removal was committed (GATE-FIRST); this makes the rows say so, and reports it at the end.
 */
export const cascadeMemberRemoval: JobHandler<'cascade-member-removal'> = async (deps, payload, signal) => {
  // The payload has been in a queue that others may write to, and deactivating can't be undone: the gate, which closes
  // with the removal and never opens again, is the proof that there was one.
  const gate = await deps.store.ownerGates.find(payload.organizationId, payload.memberId);
  if (gate?.closed !== true) return { outcome: 'refused', because: 'the gate of this owner is not closed' };

  let effectCount = 0;
  let after = '';
  while (!signal.aborted) {
    const tokenIds = await deactivateSlice(deps, payload, after);
    if (tokenIds.length === 0 && after === '') {
      await reportMemberRemoval(deps, payload);
      return { outcome: 'done', effectCount };
    }
    effectCount += tokenIds.length;
    // Each slice begins where the one before ended, else the last ones would read all that is done; and where nothing is left,
    // once more from the beginning: another worker may have given back what lies behind.
    after = tokenIds.at(-1) ?? '';
  }
  return { outcome: 'interrupted', effectCount };
};

/** AUDIT-WITH-CAUSE: rows, their events and their changes commit together, so a kill between slices leaves no half. */
const deactivateSlice = (
  { store, clock }: JobHandlerDeps,
  { organizationId, memberId, removedBy, requestId }: JobContract['cascade-member-removal'],
  after: string,
): Promise<readonly string[]> =>
  store.unitOfWork.run(async (tx) => {
    const at = clock.now();
    // ONE-EFFECT: an event is written for exactly the rows that this statement changed, never for those it found changed.
    const tokens = await store.tokens.deactivateForRemovedOwner(
      tx,
      organizationId,
      memberId,
      cascadeSliceSize,
      at,
      after,
    );
    if (tokens.length === 0) return [];
    await store.audit.append(
      tx,
      tokens.map(({ tokenId }) => ({
        organizationId,
        at,
        actor: { type: 'worker', id: 'cascade-member-removal' },
        action: 'token.deactivated',
        target: { type: 'token', id: tokenId },
        reason: null,
        address: null,
        client: null,
        requestId,
        details: { because: 'owner_removed', ownerId: memberId, removedBy },
      })),
    );
    await store.feed.append(
      tx,
      tokens.map(({ tokenId }) => ({ subject: 'token', organizationId, id: tokenId })),
    );
    return tokens.map(({ tokenId }) => tokenId);
  });
