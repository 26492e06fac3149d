import { createHash, createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Crypto, KeyRing } from '../src/crypto.ts';

// Node takes 2 microseconds for an HMAC with a KeyObject and 17 with bytes, which it makes into one each time.
const keyObjects = new WeakMap<Uint8Array, KeyObject>();
const keyObjectOf = (bytes: Uint8Array): KeyObject => {
  const known = keyObjects.get(bytes) ?? createSecretKey(bytes);
  keyObjects.set(bytes, known);
  return known;
};

/** The far side of the port: Node's own cryptography. */
export const nodeCrypto: Crypto = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', keyObjectOf(key)).update(data).digest(),
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  randomBytes: (count) => randomBytes(count),
};

/** The same with bytes that a seed decides (SHA-256 in counter mode), so that a test means the same each time. */
export const seededCrypto = (seed: string): Crypto => {
  let counter = 0;
  let stock = Buffer.alloc(0);
  return {
    ...nodeCrypto,
    randomBytes: (count) => {
      while (stock.length < count) {
        stock = Buffer.concat([stock, createHash('sha256').update(`${seed}:${counter}`).digest()]);
        counter += 1;
      }
      const bytes = stock.subarray(0, count);
      stock = stock.subarray(count);
      return bytes;
    },
  };
};

const key = (id: string) => ({ id, bytes: createHash('sha256').update(`a test's key ${id}`).digest() });

export const tagKeys: KeyRing = [key('tag-2'), key('tag-1')];
export const peppers: KeyRing = [key('pepper-2'), key('pepper-1')];
export const strangeKeys: KeyRing = [key('strange')];
