import { createHmac, hash } from 'node:crypto';
import type { ChainCrypto } from '@latchkey/core/audit';

export const chainCrypto: ChainCrypto = {
  sha256: (data) => hash('sha256', data, 'buffer'),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};
