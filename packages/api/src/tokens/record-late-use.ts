import type { Change } from '@latchkey/store';
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

/**
 * Records a late use, once an hour for each token (BOUNDED-WORK): whoever holds an old secret can't fill the audit trail.
 * By the organization's choice it deactivates the token, because an old secret that is still around may have leaked. The
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
    if (settings.lateUse !== 'deactivate' || target.state !== 'active') return;
    const stops = async (...changes: readonly Change[]) => void (await store.feed.append(tx, changes));
    await stopToken(deps, { tx, now, organizationId, audit, stops }, target, 'deactivate', undefined, {
      because: 'late_use',
    });
  });
