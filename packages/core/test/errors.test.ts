import { describe, expect, it } from 'vitest';
import { categoryOf, errorCodes, LatchkeyError, publicErrorOf } from '../src/errors.ts';
import { mintToken } from '../src/token/index.ts';
import { nodeCrypto, tagKeys } from './node-crypto.ts';

const { text } = mintToken(nodeCrypto, { prefix: 'lk', kind: 'personal', routingKey: 'aB3', tagKeys });
const secret = text.slice(-49);

describe('the list of errors', () => {
  it('has a sentence to act on for each code, and says nothing internal in it', () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
    for (const code of errorCodes) {
      const row = publicErrorOf(code);
      expect(row.code).toBe(code);
      expect(code).toMatch(/^[A-Z][A-Z_]*[A-Z]$/);
      expect(row.message, code).toMatch(/^[A-Z][^\n]*\.$/);
      expect(row.internal, code).toMatch(/\.$/);
      // Names of invariants, of tables and of our parts are for the log.
      expect(row.message, code).not.toMatch(/[A-Z]{3,}-[A-Z]|database|row|digest|pepper|undefined/);
    }
    expect(new Set(errorCodes.map((code) => publicErrorOf(code).message)).size).toBe(errorCodes.length);
  });

  it('gives each code the category of its HTTP status', () => {
    for (const [code, category, httpStatus] of [
      ['UNAUTHORIZED', 'UNAUTHORIZED', 401],
      ['NOT_ALLOWED', 'FORBIDDEN', 403],
      ['BATCH_TOO_LARGE', 'PAYLOAD_TOO_LARGE', 413],
      ['HEADERS_TOO_LARGE', 'BAD_REQUEST', 431],
      ['HOST_UNAVAILABLE', 'SERVICE_UNAVAILABLE', 503],
      ['STORE_UNAVAILABLE', 'SERVICE_UNAVAILABLE', 503],
      ['HOST_OWNS_THIS', 'NOT_IMPLEMENTED', 501],
      ['INTERNAL', 'INTERNAL_SERVER_ERROR', 500],
    ] as const) {
      expect([categoryOf(code), publicErrorOf(code).httpStatus]).toEqual([category, httpStatus]);
    }
  });
});

describe('an error', () => {
  it('keeps the details that its code lists, and no other (ALLOW-LISTED-OUTPUT)', () => {
    const error = new LatchkeyError('NOT_ALLOWED', {
      action: 'ToggleFlag',
      resource: 'project/shop',
      digest: 'AAAA',
      toString: 'x',
      layer: undefined,
    });
    expect(error.details).toEqual({ action: 'ToggleFlag', resource: 'project/shop' });
    expect(new LatchkeyError('NOT_FOUND', { tokenId: 'x' }).details).toEqual({});
    expect(new LatchkeyError('BAD_INPUT').details).toEqual({});
  });

  it('carries no secret, however deep it was put (SECRET-ONCE)', () => {
    const error = new LatchkeyError('BAD_INPUT', {
      problems: [{ path: 'name', message: `not ${text}`, [text]: 1, deep: [[[text]]] }],
    });
    for (const shown of [
      JSON.stringify(error),
      JSON.stringify(error.details),
      error.message,
      String(error),
      error.stack,
    ]) {
      expect(shown).not.toContain(secret);
    }
    expect(JSON.stringify(error.details)).toContain('[redacted]');
  });

  it('has details that are plain JSON and cannot be changed afterwards', () => {
    const problems = [{ path: 'a', nothing: undefined, number: Number.NaN, nested: { yes: true, no: null } }];
    const { details } = new LatchkeyError('BAD_INPUT', { problems });
    expect(JSON.parse(JSON.stringify(details))).toEqual({
      problems: [{ path: 'a', number: null, nested: { yes: true, no: null } }],
    });
    expect(Object.isFrozen(details)).toBe(true);
    let endless: readonly unknown[] = [];
    for (let level = 0; level < 100_000; level += 1) endless = [endless];
    expect(() => new LatchkeyError('BAD_INPUT', { problems: endless as never })).not.toThrow();
  });

  it('keeps its cause for the log and out of what is serialised', () => {
    const error = new LatchkeyError('STORE_UNAVAILABLE', {}, new Error('connect ECONNREFUSED 10.0.0.1'));
    expect((error.cause as Error).message).toContain('ECONNREFUSED');
    expect(JSON.stringify(error)).not.toContain('ECONNREFUSED');
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('LatchkeyError');
    expect(error.message).toBe(publicErrorOf('STORE_UNAVAILABLE').internal);
  });
});
