import type { Instant, Tx } from '@latchkey/core';
import type { OrganizationSettings } from '@latchkey/core/lifecycle';
import type { Change, TokenRecord } from '@latchkey/store';
import type { ApiDeps } from '../deps.ts';
import { type Stopping, stopToken } from './stop.ts';

/** A superseded secret that was presented after its grace period, or after it was cut. The text was proved. */
export interface LateUse {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly secretNumber: number;
  readonly address: string | null;
  readonly client: string | null;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Records a late use, once an hour for each token (BOUNDED-WORK): whoever holds an old secret can't fill the audit trail.
 * Who is told by the organization's choice is told, once a day for each secret. By its choice, too, it deactivates the token, because an old secret that is still around may have leaked. The
 * caller was refused already; nothing here changes that.
 */
export const recordLateUse = (deps: Pick<ApiDeps, 'store' | 'crypto' | 'keys'>, use: LateUse): Promise<void> =>
  deps.store.unitOfWork.run(async (tx) => {
    const { store } = deps;
    const { organizationId, tokenId, secretNumber, address, client } = use;
    const target = await store.tokens.findForUpdate(organizationId, tokenId, tx);
    const now = await store.now(tx);
    if (target === null || !(await store.tokens.noteLateUse(tx, organizationId, tokenId, now))) return;
    // The one who acts is whoever holds the old secret: nothing more is known of it than where it stood.
    const origin = { organizationId, at: now, address, client, requestId: null, reason: null, details: {} };
    const audit: Stopping['audit'] = (event) =>
      store.audit.append(tx, [{ ...origin, actor: { type: 'token', id: tokenId }, ...event }]);
    const about = { type: 'token', id: tokenId } as const;
    await audit({ action: 'token.used_after_cut', target: about, details: { secretNumber } });
    const { settings } = await store.settings.find(organizationId, tx);
    await tell(deps, tx, target, use, settings.told, now);
    if (settings.lateUse !== 'deactivate' || target.state !== 'active') return;
    const stops = async (...changes: readonly Change[]) => void (await store.feed.append(tx, changes));
    await stopToken(deps, { tx, now, organizationId, audit, stops }, target, 'deactivate', undefined, {
      because: 'late_use',
    });
  });

/** ONE-REMINDER: named by the secret and the day (UTC), so that all that is recorded on one day is told once. */
const tell = async (
  { store, crypto }: Pick<ApiDeps, 'store' | 'crypto'>,
  tx: Tx,
  { organizationId, tokenId, name, ownerId, issuer }: TokenRecord,
  { secretNumber, address, client }: LateUse,
  told: OrganizationSettings['told'],
  now: Instant,
): Promise<void> => {
  const memberId = ownerId ?? (issuer.type === 'member' ? issuer.id : null);
  const memberIds = told.owner && memberId !== null ? [memberId] : [];
  if (memberIds.length === 0 && !told.administrators) return;
  const about = ['late_use', organizationId, tokenId, secretNumber, Math.floor(now / DAY_MS)];
  await store.outbox.add(tx, organizationId, 'notify', {
    organizationId,
    notificationId: Buffer.from(crypto.sha256(JSON.stringify(about)))
      .toString('hex')
      .slice(0, 40),
    kind: 'late_use',
    tokenId,
    tokenName: name,
    memberIds,
    administrators: told.administrators,
    about: now,
    count: null,
    address,
    client,
  });
};
