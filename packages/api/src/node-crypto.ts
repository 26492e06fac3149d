import { createHmac, createSecretKey, hash, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Crypto } from '@latchkey/core';

// A key as bytes is prepared at every call, which costs more than the HMAC itself; as an object, once. Forgotten with
// the bytes that it was made from.
const prepared = new WeakMap<Uint8Array, KeyObject>();

const prepare = (bytes: Uint8Array): KeyObject => {
  const known = prepared.get(bytes);
  if (known !== undefined) return known;
  const key = createSecretKey(bytes);
  prepared.set(bytes, key);
  return key;
};

/** Core's cryptography by Node's. The bytes of a key must not change once it has been used. */
export const nodeCrypto: Crypto = {
  sha256: (data) => hash('sha256', data, 'buffer'),
  hmacSha256: (key, data) => createHmac('sha256', prepare(key)).update(data).digest(),
  // timingSafeEqual throws on different lengths, which are public.
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  randomBytes: (count) => randomBytes(count),
};
