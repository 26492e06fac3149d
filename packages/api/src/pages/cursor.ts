import type { Crypto, Key } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import type { ApiDeps } from '../deps.ts';

/** What a cursor continues: it is worthless for another list, organization, filter or order. */
export interface CursorScope {
  readonly list: string;
  readonly organizationId: string;
  /** Filter, sort and direction, as the input gave them. */
  readonly query: unknown;
}

type Keys = Pick<ApiDeps, 'crypto' | 'keys'>;

/** The position after which the next page begins, signed: it is opaque to callers, and theirs alone to hand back. */
export const writeCursor = ({ crypto, keys }: Keys, scope: CursorScope, position: unknown): string => {
  const [key] = keys.cursorKeys;
  const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
  return `${key.id}.${payload}.${signatureOf(crypto, key, scope, payload)}`;
};

/** Gives the position back, `undefined` for the first page. `CURSOR_INVALID` for whatever we didn't sign for this list. */
export const readCursor = ({ crypto, keys }: Keys, scope: CursorScope, cursor: string | undefined): unknown => {
  if (cursor === undefined) return undefined;
  const [keyId, payload = '', signature = '', ...more] = cursor.split('.');
  const key = keys.cursorKeys.find(({ id }) => id === keyId);
  if (key === undefined || more.length > 0) throw new LatchkeyError('CURSOR_INVALID');
  // As text: several texts are the same bytes in base64url, and only one of them was written by us.
  const expected = Buffer.from(signatureOf(crypto, key, scope, payload));
  if (!crypto.equal(expected, Buffer.from(signature))) throw new LatchkeyError('CURSOR_INVALID');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
};

// JSON keeps the parts apart; the schemas give inputs their keys in one order.
const signatureOf = (crypto: Crypto, key: Key, { list, organizationId, query }: CursorScope, payload: string): string =>
  Buffer.from(crypto.hmacSha256(key.bytes, JSON.stringify(['cursor', list, organizationId, query, payload]))).toString(
    'base64url',
  );
