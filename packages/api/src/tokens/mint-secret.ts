import type { Instant } from '@latchkey/core';
import { DIGEST_FORMAT, digestSubjectOf, digestToken, mintToken } from '@latchkey/core/token';
import type { NewSecret, TokenRecord } from '@latchkey/store';
import type { ApiDeps } from '../deps.ts';

/** A fresh secret: its text, for the one answer that reveals it, and what is stored of it (SECRET-ONCE). */
export const mintSecret = (
  { crypto, keys, settings }: Pick<ApiDeps, 'crypto' | 'keys' | 'settings'>,
  token: Pick<TokenRecord, 'organizationId' | 'tokenId' | 'kind' | 'ownerId' | 'permissions'>,
  number: number,
  createdAt: Instant,
): { readonly text: string; readonly secret: NewSecret } => {
  const minted = mintToken(crypto, {
    prefix: settings.prefixes[0],
    kind: token.kind,
    routingKey: token.tokenId.slice(0, 3),
    tokenId: token.tokenId,
    tagKeys: keys.tagKeys,
  });
  const [pepper] = keys.peppers;
  const digest = digestToken(crypto, pepper.bytes, {
    ...digestSubjectOf(crypto, token),
    format: DIGEST_FORMAT,
    secretNumber: number,
    text: minted.text,
  });
  const { tagKeyId, hint } = minted;
  return { text: minted.text, secret: { number, digest, pepperId: pepper.id, tagKeyId, hint, createdAt } };
};
