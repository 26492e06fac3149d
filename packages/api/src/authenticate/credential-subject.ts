import type { DigestSubject } from '@latchkey/core/token';

/** What the secrets of a credential are bound to, when it is minted and when it is proved. */
export const credentialSubject = (credentialId: string): DigestSubject => ({
  tokenId: credentialId,
  kind: 'system',
  organizationId: null,
  ownerId: null,
  frozenPermissionsDigest: null,
});
