import type { Instant, Tx } from '@latchkey/core';
import { liveSecrets } from '@latchkey/core/lifecycle';
import { spendSecrets } from '@latchkey/core/token';
import type { SecretRecord, StopReceipt } from '@latchkey/store';
import type { CallOrigin } from '../../context.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Stopping, stopToken } from '../../tokens/stop.ts';
import type { Recognised } from './revoke.ts';

/**
 * Ends a token for whoever has proved one of its secrets. Not through `act`: that judges whether the caller may still
 * act, and this is also for tokens that may not, such as an inactive one that has leaked.
 *
 * A superseded secret ends itself and not its successor: a leaked old one must not stop whoever holds the new one. What
 * has ended already is not ended again, but the answer waits as the first one did (DEAD-ON-RETURN).
 */
export const revokeAsHolder = async (deps: ApiDeps, known: Recognised, call: CallOrigin): Promise<void> => {
  const { organizationId, tokenId, secretNumber } = known;
  const change = { subject: 'token', organizationId, id: tokenId } as const;
  let receipt: StopReceipt | null = null;
  await deps.store.unitOfWork.run(async (tx) => {
    const target = await deps.store.tokens.findForUpdate(organizationId, tokenId, tx);
    if (target === null) return;
    const stopping: Stopping = {
      ...holderAt(deps, known, call, tx, await deps.store.now(tx)),
      stops: async (...changes) => {
        receipt = await deps.store.feed.append(tx, changes);
      },
    };
    const secret = liveSecrets(target.secrets, stopping.now).find(({ number }) => number === secretNumber);
    if (target.state === 'revoked' || secret === undefined) await stopping.stops(change);
    else if (secret.acceptedUntil === null) await stopToken(deps, stopping, target, 'revoke', undefined);
    else await cutGracePeriod(deps, stopping, tokenId, secret);
  });
  if (receipt !== null) await deps.settler.settle(receipt);
};

const cutGracePeriod = async (
  { store, crypto, keys }: ApiDeps,
  { tx, organizationId, stops, audit }: Stopping,
  tokenId: string,
  secret: SecretRecord,
): Promise<void> => {
  await stops({ subject: 'token', organizationId, id: tokenId });
  await store.tokens.spendSecrets(tx, organizationId, tokenId, spendSecrets(crypto, keys.peppers, [secret]));
  const details = { secretNumber: secret.number };
  await audit({ action: 'token.grace_period_cut', target: { type: 'token', id: tokenId }, details });
};

/** The token itself at work, as far as its audit event goes. */
const holderAt = (
  { store }: ApiDeps,
  { organizationId, tokenId }: Recognised,
  { address, client, requestId }: CallOrigin,
  tx: Tx,
  now: Instant,
): Omit<Stopping, 'stops'> => ({
  tx,
  now,
  organizationId,
  audit: ({ reason = null, details = {}, ...event }) =>
    store.audit.append(tx, [
      {
        ...event,
        organizationId,
        at: now,
        actor: { type: 'token', id: tokenId },
        reason,
        details,
        address,
        client,
        requestId,
      },
    ]),
});
