import type { Crypto, KeyRing } from '../crypto.ts';
import { encodeBase62 } from './base62.ts';
import { CHECKSUM_LENGTH, TAG_LENGTH } from './format.ts';
import type { ParsedToken } from './parse.ts';

/** The first 35 bits of HMAC-SHA-256(tag key, prefix to secret), as 6 base62 characters. */
export const tagOf = (crypto: Pick<Crypto, 'hmacSha256'>, tagKey: Uint8Array, untagged: string): string => {
  let first40 = 0;
  for (const byte of crypto.hmacSha256(tagKey, untagged).subarray(0, 5)) first40 = first40 * 256 + byte;
  return encodeBase62(Math.floor(first40 / 32), TAG_LENGTH);
};

export type TagCheck = { readonly ok: true; readonly tagKeyId: string } | { readonly ok: false };

/**
 * Whether this installation minted the text, and under which of its keys. It proves nothing about the secret: it only
 * spares the database a flood of made-up tokens. Every key is tried, matched or not: the time says nothing about which.
 */
export const checkTag = (
  crypto: Pick<Crypto, 'hmacSha256' | 'equal'>,
  tagKeys: KeyRing,
  parsed: Pick<ParsedToken, 'text'>,
): TagCheck => {
  const tagStart = parsed.text.length - TAG_LENGTH - CHECKSUM_LENGTH;
  const untagged = parsed.text.slice(0, tagStart);
  const presented = asciiBytes(parsed.text.slice(tagStart, tagStart + TAG_LENGTH));
  let tagKeyId: string | null = null;
  for (const key of tagKeys) {
    const same = crypto.equal(presented, asciiBytes(tagOf(crypto, key.bytes, untagged)));
    if (same && tagKeyId === null) tagKeyId = key.id;
  }
  return tagKeyId === null ? { ok: false } : { ok: true, tagKeyId };
};

const asciiBytes = (ascii: string): Uint8Array => {
  const bytes = new Uint8Array(ascii.length);
  for (let index = 0; index < ascii.length; index += 1) bytes[index] = ascii.charCodeAt(index);
  return bytes;
};
