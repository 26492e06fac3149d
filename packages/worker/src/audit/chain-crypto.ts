import { createHmac, hash } from 'node:crypto';
import type { ChainCrypto } from '@latchkey/core/audit';

/** What the chain asks for, by Node's own cryptography. */
export const chainCrypto: ChainCrypto = {
  sha256: (data) => hash('sha256', data, 'buffer'),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};
