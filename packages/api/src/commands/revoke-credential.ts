import { spentDigest } from '@latchkey/core/token';
import type { ApiDeps } from '../deps.ts';
import type { Settlement } from '../settling/settler.ts';
import { CommandFailed } from './exit.ts';
import { INSTALLATION_TRAIL, operatorEvent } from './operator-event.ts';

/**
 * Revokes a credential of the installation, for good; one that is revoked already stays so (TERMINAL). Resolves once no
 * node accepts it any more, and no sibling service that follows one by it has a lease: said again it waits again
 * (DEAD-ON-RETURN).
 */
export const revokeCredential = async (
  deps: Pick<ApiDeps, 'store' | 'crypto' | 'clock' | 'keys' | 'settler'>,
  credentialId: string,
): Promise<Settlement> => {
  const found = await deps.store.credentials.lookUp(credentialId);
  if (found === null) throw new CommandFailed(`There is no credential ${credentialId}.`);
  const spent = found.secrets.flatMap((secret) => {
    const pepper = deps.keys.peppers.find((key) => key.id === secret.pepperId);
    // Without its pepper it can't be proved either; the row says revoked all the same.
    if (secret.spent || pepper === undefined) return [];
    return [{ number: secret.number, digest: spentDigest(deps.crypto, pepper.bytes, secret.digest) }];
  });
  const at = deps.clock.now();
  const receipt = await deps.store.unitOfWork.run(async (tx) => {
    await deps.store.credentials.revoke(tx, credentialId, at, spent);
    if (found.credential.revokedAt === null) {
      await deps.store.audit.append(
        tx,
        [INSTALLATION_TRAIL, ...(found.credential.organizationIds ?? [])].map((organizationId) =>
          operatorEvent(organizationId, at, 'credential.revoked', { type: 'credential', id: credentialId }),
        ),
      );
    }
    return deps.store.feed.append(tx, [{ subject: 'credential', id: credentialId }]);
  });
  if (receipt === null) throw new TypeError('a change has just been written and has no receipt');
  return deps.settler.settle(receipt);
};
