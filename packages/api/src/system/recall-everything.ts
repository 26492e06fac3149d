import type { Actor, StopReceipt } from '@latchkey/store';
import { INSTALLATION_TRAIL } from '../commands/operator-event.ts';
import type { CallOrigin } from '../context.ts';
import type { ApiDeps } from '../deps.ts';

export interface Recall {
  readonly action: 'installation.emergency' | 'installation.restored';
  readonly actor: Actor;
  /** `null` for a command on the server. */
  readonly call: CallOrigin | null;
  readonly reason: string | null;
  /**
   * Whether the installation's own credentials end, too. They have a mark of their own: an emergency that silenced those
   * who verify would turn a refusal of tokens into an outage of every sibling service, and nobody would have asked for it.
   */
  readonly credentials: boolean;
  /** Whether whoever is signed in has to sign in again. */
  readonly sessions: boolean;
  /** In the same transaction, before everything else. */
  readonly before?: (tx: Parameters<ApiDeps['store']['feed']['append']>[0]) => Promise<void>;
}

/**
 * Raises the installation's mark, in one transaction with the change and the audit events: in the installation's trail and
 * in every organization's, because it is their tokens that end (AUDIT-WITH-CAUSE).
 */
export const recallEverything = async (
  deps: Pick<ApiDeps, 'store'>,
  { action, actor, call, reason, credentials, sessions, before }: Recall,
): Promise<StopReceipt> => {
  const { store } = deps;
  const organizations = await store.organizations.list();
  const receipt = await store.unitOfWork.run(async (tx) => {
    await before?.(tx);
    // The database's clock, as everywhere in the trail.
    const at = await store.now(tx);
    const mark = await store.installation.recallTokens(tx);
    if (credentials) await store.installation.recallCredentials(tx);
    if (sessions) await store.installation.endSessions(tx);
    await store.audit.append(
      tx,
      [INSTALLATION_TRAIL, ...organizations.map(({ organizationId }) => organizationId)].map((organizationId) => ({
        organizationId,
        at,
        actor,
        action,
        target: { type: 'organization' as const, id: organizationId },
        reason,
        address: call?.address ?? null,
        client: call?.client ?? null,
        requestId: call?.requestId ?? null,
        details: { mark, credentials, sessions },
      })),
    );
    return store.feed.append(tx, [{ subject: 'installation' }]);
  });
  if (receipt === null) throw new TypeError('a change has just been written and has no receipt');
  return receipt;
};
