import { readFile } from 'node:fs/promises';
import { parseToken } from '@latchkey/core/token';
import { fail } from '../failure/cli-failure.ts';
import type { DeliveryOptions } from './delivery.ts';

/**
 * The token text that stands where a new one shall be put, or `null` where there is none yet: the place is what the
 * programs read, so it says what they hold. @throws CliFailure
 */
export const readHeldSecret = async ({ save, env }: Pick<DeliveryOptions, 'save' | 'env'>): Promise<string | null> => {
  if (save === undefined) return null;
  const text = await readFile(save, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw fail('FILE_UNREADABLE', { path: save, because: error.code ?? '' });
  });
  const held = env === undefined ? text.trim() : lastValueOf(text, env);
  const [prefix = ''] = held.split('_', 1);
  // Whatever else stands there is no token, and is about to be replaced by one.
  return parseToken(held, { prefixes: [prefix] }).ok ? held : null;
};

/** As a shell reads it: the last line wins, and quotes are no part of the value. */
const lastValueOf = (text: string, name: string): string => {
  const lines = [...text.matchAll(new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=([^\\r\\n]*)`, 'gm'))];
  return (lines.at(-1)?.[1] ?? '').trim().replace(/^(["'])(.*)\1$/, '$2');
};
