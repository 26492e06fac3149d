import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Crypto } from '@latchkey/core';

/** Core's cryptography by Node's. */
export const nodeCrypto: Crypto = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  // timingSafeEqual throws on different lengths, which are public.
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  randomBytes: (count) => randomBytes(count),
};
