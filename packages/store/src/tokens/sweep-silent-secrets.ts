import type { Instant } from '@latchkey/core';
import type { Store } from '../store.ts';

/**
 * One slice of "confirm, then cut": ends the grace periods of secrets that have fallen silent while their successor is in
 * use, each with its audit event and its change; how many. Said again, or by several at once, it is one effect
 * (ONE-EFFECT). What was cut is refused from the commit on; the caller has no one to wait for that it settles.
 */
export const sweepSilentSecrets = (
  store: Pick<Store, 'unitOfWork' | 'tokens' | 'audit' | 'feed'>,
  limit: number,
  now: Instant,
): Promise<number> =>
  store.unitOfWork.run(async (tx) => {
    const cut = await store.tokens.cutSilentSecrets(tx, limit, now);
    await store.audit.append(
      tx,
      cut.map(({ organizationId, tokenId, secretNumber }) => ({
        organizationId,
        at: now,
        actor: { type: 'worker', id: 'cut-silent-secrets' },
        action: 'token.grace_period_cut',
        target: { type: 'token', id: tokenId },
        reason: null,
        address: null,
        client: null,
        requestId: null,
        details: { cut: [secretNumber], because: 'silent' },
      })),
    );
    await store.feed.append(
      tx,
      cut.map(({ organizationId, tokenId }) => ({ subject: 'token', organizationId, id: tokenId })),
    );
    return cut.length;
  });
