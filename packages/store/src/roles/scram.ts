import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const ITERATIONS = 4096;

/**
 * What PostgreSQL stores of a password (SCRAM-SHA-256, RFC 5803). Sent instead of the password, so that it stands in no
 * statement and no server log. Printable ASCII only: for everything else SASLprep (RFC 4013) would have its say.
 */
export const scramVerifier = (password: string, salt: Uint8Array = randomBytes(16)): string => {
  if (!/^[\x21-\x7e]{1,256}$/.test(password)) {
    throw new TypeError('a role’s password is 1 to 256 printable ASCII characters without spaces');
  }
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${Buffer.from(salt).toString('base64')}$${storedKey}:${serverKey}`;
};
