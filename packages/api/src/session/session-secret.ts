import type { Crypto } from '@latchkey/core';

const SECRET_BYTES = 32;

/** 256 bits as 43 characters of base64url; of a session's cookie and of a sign-in link. Stored is its SHA-256 alone. */
export const newSessionSecret = (crypto: Pick<Crypto, 'randomBytes'>): string =>
  Buffer.from(crypto.randomBytes(SECRET_BYTES)).toString('base64url');

export const isSessionSecret = (text: unknown): text is string =>
  typeof text === 'string' && /^[A-Za-z0-9_-]{43}$/.test(text);
