import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Writes a file that only its owner reads, in one step: a start that is killed leaves no half a secret. */
export const writeSecret = (path: string, secret: string): void => {
  const making = `${path}.making`;
  writeFileSync(making, secret, { mode: 0o600 });
  renameSync(making, path);
};

export const readSecret = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** 192 random bits, made at the first start and kept. */
export const keepSecret = (path: string): string => {
  const kept = readSecret(path);
  if (kept !== undefined && kept !== '') return kept;
  const secret = randomBytes(24).toString('base64url');
  writeSecret(path, secret);
  return secret;
};
