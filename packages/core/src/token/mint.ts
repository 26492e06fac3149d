import type { Crypto, KeyRing } from '../crypto.ts';
import { randomBase62 } from './base62.ts';
import { INSTALLATION_ROUTING_KEY, isTokenPrefix, SECRET_LENGTH, type TokenKind, wireKindOf } from './format.ts';
import { newTokenId, parseTokenId, routingKeyOf } from './id.ts';
import { checksumOf } from './parse.ts';
import { tagOf } from './tag.ts';

export interface MintInput {
  /** 2 to 10 lower-case letters or digits, first a letter. */
  readonly prefix: string;
  readonly kind: TokenKind;
  /** The organization's; `000` for `system` and for nothing else. */
  readonly routingKey: string;
  /** Given when rotating: a new secret for the same token. It must begin with the routing key. */
  readonly tokenId?: string;
  /** The first key makes the tag. */
  readonly tagKeys: KeyRing;
}

export interface MintedToken {
  /** The whole token. SECRET-ONCE: it goes into the one answer that reveals it, and nowhere else. */
  readonly text: string;
  readonly tokenId: string;
  readonly tagKeyId: string;
  /** The last 4 characters, kept for recognition: a part of the checksum, not of the secret. */
  readonly hint: string;
}

/**
 * Computes a fresh token text; stores nothing. What is stored is `digestToken` of it.
 * Throws RangeError for a prefix, a routing key or an id that no token may have: arguments, never a caller's input.
 */
export const mintToken = (crypto: Pick<Crypto, 'hmacSha256' | 'randomBytes'>, input: MintInput): MintedToken => {
  if (!isTokenPrefix(input.prefix)) throw new RangeError('a token prefix is 2 to 10 lower-case letters or digits');
  if ((input.kind === 'system') !== (input.routingKey === INSTALLATION_ROUTING_KEY)) {
    throw new RangeError("the routing key 000 is the installation's, and its credentials have no other");
  }
  const tokenId = input.tokenId ?? newTokenId(crypto, input.routingKey);
  if (parseTokenId(tokenId) === null || routingKeyOf(tokenId) !== input.routingKey) {
    throw new RangeError('a token id is 16 base62 characters and begins with the routing key');
  }
  const [tagKey] = input.tagKeys;
  const untagged = `${input.prefix}_${wireKindOf[input.kind]}_${tokenId}_${randomBase62(crypto, SECRET_LENGTH)}`;
  const unchecked = untagged + tagOf(crypto, tagKey.bytes, untagged);
  const text = unchecked + checksumOf(unchecked);
  return { text, tokenId, tagKeyId: tagKey.id, hint: text.slice(-4) };
};
