import { credentialVerdictOf } from '@latchkey/core/lifecycle';
import { checkTag, type DigestSubject, parseToken, proveSecret } from '@latchkey/core/token';
import type { ApiDeps } from '../deps.ts';
import type { CredentialAuthentication, PresentedCredential } from './authentication.ts';

/**
 * Judges a presented credential of the installation (`sys`). It belongs to no organization and has no permissions in
 * any; what it may call is said by the procedures' requirements.
 * @throws StoreUnavailable
 */
export const authenticateCredential = async (
  deps: Pick<ApiDeps, 'store' | 'crypto' | 'keys' | 'settings'>,
  presented: Pick<PresentedCredential, 'text'>,
): Promise<CredentialAuthentication> => {
  const parsed = parseToken(presented.text, { prefixes: deps.settings.prefixes });
  if (!parsed.ok || parsed.kind !== 'system' || !checkTag(deps.crypto, deps.keys.tagKeys, parsed).ok) {
    return UNAUTHORIZED;
  }
  const found = await deps.store.credentials.lookUp(parsed.tokenId);
  const proof = proveSecret(
    deps.crypto,
    deps.keys.peppers,
    parsed,
    found && { ...credentialSubject(found.credential.credentialId), slots: found.secrets },
  );
  const verdict = credentialVerdictOf({
    found: found && {
      revoked: found.credential.revokedAt !== null || found.credential.recalled,
      secrets: found.secrets,
    },
    proof,
    now: found?.now ?? 0,
  });
  if (found === null || !verdict.accepted) return UNAUTHORIZED;
  return { accepted: true, principal: { type: 'credential', credential: found.credential } };
};

const UNAUTHORIZED = { accepted: false, status: 401 } as const;

/** What the secrets of a credential are bound to, when it is minted and when it is proved. */
export const credentialSubject = (credentialId: string): DigestSubject => ({
  tokenId: credentialId,
  kind: 'system',
  organizationId: null,
  ownerId: null,
  frozenPermissionsDigest: null,
});
