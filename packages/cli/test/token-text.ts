import { createHmac, randomBytes } from 'node:crypto';
import { mintToken, type TokenKind } from '@latchkey/core/token';

/** The text of a token that no Latchkey knows: its shape and its checksum are right. */
export const tokenText = (kind: TokenKind = 'personal'): string =>
  mintToken(
    {
      randomBytes: (count) => randomBytes(count),
      hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
    },
    {
      prefix: 'lk',
      kind,
      routingKey: kind === 'system' ? '000' : '3fK',
      tagKeys: [{ id: 't', bytes: randomBytes(32) }],
    },
  ).text;

/** The part that nobody but its holder may ever see. */
export const secretOf = (text: string): string => text.slice(24);
