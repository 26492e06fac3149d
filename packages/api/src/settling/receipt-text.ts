import type { Key } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import type { StopReceipt } from '@latchkey/store';
import type { ApiDeps } from '../deps.ts';

type Keys = Pick<ApiDeps, 'crypto' | 'keys'>;

/**
 * A receipt as callers get it: signed, for one organization (TENANT-WALL). Of a transaction that never was nobody could say
 * that it has settled, and only we know which were.
 */
export const writeReceipt = (keys: Keys, organizationId: string, { incarnation, xid }: StopReceipt): string => {
  const [key] = keys.keys.cursorKeys;
  return [key.id, incarnation, xid, signatureOf(keys, key, organizationId, incarnation, xid)].join('.');
};

/** @throws LatchkeyError `BAD_INPUT` for whatever we didn't sign for this organization. */
export const readReceipt = (keys: Keys, organizationId: string, text: string): StopReceipt => {
  const [keyId, incarnation = '', xid = '', signature = '', ...more] = text.split('.');
  const key = keys.keys.cursorKeys.find(({ id }) => id === keyId);
  if (key === undefined || more.length > 0) throw notOurs();
  const expected = signatureOf(keys, key, organizationId, incarnation, xid);
  if (!keys.crypto.equal(Buffer.from(expected), Buffer.from(signature))) throw notOurs();
  return { incarnation, xid };
};

const signatureOf = ({ crypto }: Keys, key: Key, ...parts: readonly string[]): string =>
  Buffer.from(crypto.hmacSha256(key.bytes, JSON.stringify(['receipt', ...parts]))).toString('base64url');

const notOurs = () =>
  new LatchkeyError('BAD_INPUT', {
    problems: [{ path: 'receipt', code: 'receipt_invalid', message: 'This receipt was not given here.' }],
  });
