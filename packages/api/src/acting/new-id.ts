import type { Crypto } from '@latchkey/core';

/** A fresh id of a member, a policy or a group: 128 bits in hexadecimal. Never used again. */
export const newId = (crypto: Pick<Crypto, 'randomBytes'>): string =>
  Buffer.from(crypto.randomBytes(16)).toString('hex');
