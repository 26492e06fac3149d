import type { KeyRing } from '@latchkey/core';
import { type ChainCrypto, FIRST_STUB_AFTER, linkOf, macOf, stubOf } from '@latchkey/core/audit';
import type { Store } from '../store.ts';
import type { DropAnswer, DroppablePart, SealedMonth } from './audit-retention.ts';
import type { Sealing } from './seal-audit-events.ts';

/**
 * AUDIT-WITH-CAUSE: drops a month of the trail and leaves a stub for each organization under the audit key. Said again, at
 * once or by several: it goes once.
 */
export const dropAuditMonth = async (
  store: Pick<Store, 'auditRetention' | 'now'>,
  { crypto, keys }: Sealing,
  month: SealedMonth,
): Promise<DropAnswer> => {
  const parts = await store.auditRetention.parts(month);
  // Behind a cut nobody could tell any more which side of it was bent.
  if (!parts.every((part) => holds(crypto, keys, part))) return 'broken';
  const droppedAt = await store.now();
  const [key] = keys;
  return store.auditRetention.drop(
    month,
    parts.map(({ organizationId, part, stubLinkBefore }) => ({
      organizationId,
      ...stubOf(crypto, key, organizationId, stubLinkBefore ?? FIRST_STUB_AFTER, { ...part, droppedAt }),
    })),
  );
};

/** Whether the last seal is one of ours, and what stays goes on from it. */
const holds = (
  crypto: ChainCrypto,
  keys: KeyRing,
  { organizationId, part, last, next, head }: DroppablePart,
): boolean => {
  const key = keys.find(({ id }) => id === last.keyId);
  if (key !== undefined && macOf(crypto, key, last.link) !== last.mac) return false;
  return next === null
    ? head.number === part.lastNumber && head.link === last.link
    : linkOf(crypto, organizationId, last.link, next) === next.link;
};
