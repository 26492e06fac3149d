import { randomBytes } from 'node:crypto';
import { nodeCrypto } from '@latchkey/api/server';
import { mintToken } from '@latchkey/core/token';

/** Of the right form, with the right checksum, and a tag by a key that nobody has: whoever lacks the tag key can't tell. */
export const wellFormed = (routingKey: string, count: number): readonly string[] => {
  const tagKeys = [{ id: 'nobody', bytes: new Uint8Array(randomBytes(32)) }] as const;
  return Array.from(
    { length: count },
    () => mintToken(nodeCrypto, { prefix: 'lk', kind: 'personal', routingKey, tagKeys }).text,
  );
};

/** As long as a token and begun like one; the checksum says no. */
export const malformed = (count: number): readonly string[] =>
  Array.from({ length: count }, () => `lk_pat_${randomBytes(60).toString('hex')}`.slice(0, 80));

/** Half of each. */
export const invalidTexts = (routingKey: string, count: number): readonly string[] =>
  [...wellFormed(routingKey, count >> 1), ...malformed(count - (count >> 1))].sort(() => Math.random() - 0.5);
