import type { Tx } from '@latchkey/core';
import type { Actor, StopReceipt } from '@latchkey/store';
import type { ApiDeps } from '../deps.ts';

/** Who was removed, and by whom, as the host knows them. */
export interface MemberRemoval {
  readonly organizationId: string;
  readonly memberId: string;
  readonly removedBy: Actor;
  readonly reason?: string;
  readonly requestId?: string;
  /** Where the one who removes calls from, and with which client, where that is known. */
  readonly address?: string | null;
  readonly client?: string | null;
}

/** What `settle` is asked with after the commit. Plain data: it may be kept and sent elsewhere. */
export interface RemovalReceipt {
  readonly organizationId: string;
  readonly memberId: string;
  /** The owner's mark that the removal raised. */
  readonly mark: number;
  /** The transaction that stops its tokens. */
  readonly stop: StopReceipt;
}

type RemovalDeps = Pick<ApiDeps, 'store'>;

/**
 * All that a member's removal does to Latchkey, inside the transaction that removes the member: either both happen, or
 * neither (AUDIT-WITH-CAUSE). However many tokens there are, one gate is closed; the cascade only tidies rows.
 */
export const recordMemberRemoved = async (
  deps: RemovalDeps,
  tx: Tx,
  removal: MemberRemoval,
): Promise<RemovalReceipt> => {
  const { store } = deps;
  const { organizationId, memberId, removedBy } = removal;
  const requestId = removal.requestId ?? null;
  // The database's clock, as everywhere in the trail: this process's may be minutes off, and what it wrote would lie elsewhere.
  const at = await store.now(tx);
  const gate = await store.ownerGates.close(tx, organizationId, memberId, at);
  await store.sessions.removeAllOf(tx, organizationId, memberId);
  const stop = await store.feed.append(tx, [{ subject: 'owner', organizationId, id: memberId }]);
  if (stop === null) throw new TypeError('a change has just been written and has no receipt');
  await store.audit.append(tx, [
    {
      organizationId,
      at,
      actor: removedBy,
      action: 'member.removed',
      target: { type: 'member', id: memberId },
      reason: removal.reason ?? null,
      address: removal.address ?? null,
      client: removal.client ?? null,
      requestId,
      details: {},
    },
  ]);
  await store.outbox.add(tx, organizationId, 'cascade-member-removal', {
    organizationId,
    memberId,
    removedBy,
    requestId,
  });
  return { organizationId, memberId, mark: gate.mark, stop };
};

/** @throws Error where the removal hasn't been committed: a promise that nothing keeps is not given. */
export const settleRemoval = async (
  deps: Pick<ApiDeps, 'store' | 'settler'>,
  receipt: RemovalReceipt,
): Promise<{ readonly settled: true; readonly settledMs: number }> => {
  const gate = await deps.store.ownerGates.find(receipt.organizationId, receipt.memberId);
  if (gate?.closed !== true || gate.mark < receipt.mark) {
    throw new Error('settle() was called before the transaction of memberRemoved() was committed.');
  }
  const { settledMs } = await deps.settler.settle(receipt.stop);
  return { settled: true, settledMs };
};
