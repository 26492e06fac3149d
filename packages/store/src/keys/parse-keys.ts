import type { Key, KeyRing } from '@latchkey/core';

const MIN_KEY_BYTES = 32;

export type ParsedKeys =
  | { readonly ok: true; readonly keys: KeyRing }
  | { readonly ok: false; readonly because: 'empty' | 'shape' | 'too_short' | 'repeated_id' };

/**
 * `id:key[,id:key…]` as a key ring: the first key is current, the others are retired and only read. Keys are base64url
 * (RFC 4648, section 5) of 32 bytes or more. What is wrong is named without the text: it may be most of a key.
 */
export const parseKeys = (text: string): ParsedKeys => {
  const keys: Key[] = [];
  for (const part of text.split(',')) {
    const [, id, encoded] = /^\s*([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]+)={0,2}\s*$/.exec(part) ?? [];
    if (id === undefined || encoded === undefined)
      return { ok: false, because: text.trim() === '' ? 'empty' : 'shape' };
    const bytes = new Uint8Array(Buffer.from(encoded, 'base64url'));
    if (bytes.length < MIN_KEY_BYTES) return { ok: false, because: 'too_short' };
    // An id that names two keys would make "which key was it?" a matter of order.
    if (keys.some((key) => key.id === id)) return { ok: false, because: 'repeated_id' };
    keys.push({ id, bytes });
  }
  const [current, ...retired] = keys;
  return current === undefined ? { ok: false, because: 'empty' } : { ok: true, keys: [current, ...retired] };
};

/** The inverse of `parseKeys`, for the file of the embedded default. */
export const formatKeys = (keys: KeyRing): string =>
  keys.map((key) => `${key.id}:${Buffer.from(key.bytes).toString('base64url')}`).join(',');
