import type { Instant, KeyRing } from '@latchkey/core';
import { CHAIN_START, type ChainCrypto, type ChainHead, type Seal, sealEvent } from '@latchkey/core/audit';
import type { Store } from '../store.ts';

export interface Sealing {
  readonly crypto: ChainCrypto;
  /** The first one seals. */
  readonly keys: KeyRing;
}

export interface Sealed {
  readonly sealedCount: number;
  /** Events whose rows were gone when it was their turn. Their numbers stay, and show it. */
  readonly missing: readonly { readonly organizationId: string; readonly eventId: string }[];
}

/**
 * AUDIT-WITH-CAUSE: one slice of sealing, over all organizations: events that are committed, and that nothing still running could precede,
 * get the next numbers of their chains. Several at once do no harm: one seals, the others have nothing to do.
 */
export const sealAuditEvents = (
  store: Pick<Store, 'unitOfWork' | 'auditChain' | 'now'>,
  { crypto, keys: [key] }: Sealing,
  limit: number,
): Promise<Sealed> =>
  store.unitOfWork.run(async (tx) => {
    const events = (await store.auditChain.take(tx, limit)) ?? [];
    if (events.length === 0) return { sealedCount: 0, missing: [] };
    const organizationIds = [...new Set(events.map(({ organizationId }) => organizationId))];
    const heads = new Map<string, ChainHead & { readonly sealedAt: Instant }>(
      await store.auditChain.heads(tx, organizationIds),
    );
    const now = await store.now(tx);
    const seals: ({ readonly organizationId: string } & Seal)[] = [];
    for (const { event, ...subject } of events) {
      const { organizationId } = subject;
      const before = heads.get(organizationId) ?? { ...CHAIN_START, sealedAt: now };
      // Grows with the numbers, also where the clock was set back: months are dropped from the oldest, and so must be numbers.
      const sealedAt = Math.max(now, before.sealedAt);
      const seal = sealEvent(crypto, key, before, { ...subject, sealedAt }, event);
      heads.set(organizationId, seal);
      seals.push({ organizationId, ...seal });
    }
    await store.auditChain.append(tx, seals);
    return {
      sealedCount: seals.length,
      missing: events
        .filter(({ event }) => event === null)
        .map(({ organizationId, eventId }) => ({ organizationId, eventId })),
    };
  });
