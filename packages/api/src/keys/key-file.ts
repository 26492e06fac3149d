import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Crypto, KeyRing } from '@latchkey/core';
import { z } from 'zod';
import type { ApiKeys } from '../deps.ts';
import { formatKeys, parseKeys } from './parse-keys.ts';

export const KEY_FILE = 'keys.json';

/** The keys of the embedded default can't be used as they are; says what to do. */
export class KeyFileRefused extends Error {
  override readonly name = 'KeyFileRefused';
}

/**
 * The keys of the embedded default: read from the data folder, or made there once, mode 0600. Of several that start at
 * once one makes them, and all read the same: with other peppers every token of the folder would be lost.
 * @throws KeyFileRefused where others may read the file, or it isn't one of ours: it is never replaced.
 */
export const loadOrMakeKeys = async (folder: string, crypto: Pick<Crypto, 'randomBytes'>): Promise<ApiKeys> => {
  const path = join(folder, KEY_FILE);
  return (await readKeys(path)) ?? (await makeKeys(folder, path, crypto));
};

const makeKeys = async (folder: string, path: string, crypto: Pick<Crypto, 'randomBytes'>): Promise<ApiKeys> => {
  await mkdir(folder, { recursive: true });
  const fresh = (id: string): KeyRing => [{ id, bytes: crypto.randomBytes(32) }];
  const content = {
    comment:
      'Peppers and tag keys of this Latchkey. Without them its tokens are worthless; with them and the database, not.',
    peppers: formatKeys(fresh('pepper-1')),
    tagKeys: formatKeys(fresh('tag-1')),
    cursorKeys: formatKeys(fresh('cursor-1')),
  };
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    // A link appears whole or not at all, and only where there is none: the first of several starts wins.
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(temporary);
  }
  const keys = await readKeys(path);
  if (keys === null) throw new KeyFileRefused(`${path} vanished while it was being made.`);
  return keys;
};

const readKeys = async (path: string): Promise<ApiKeys | null> => {
  let text: string;
  try {
    if (((await stat(path)).mode & 0o077) !== 0) {
      throw new KeyFileRefused(`${path} may be read by others. Make it yours alone: chmod 600 ${path}`);
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const content = schema.safeParse(parseJson(text));
  if (!content.success) {
    throw new KeyFileRefused(`${path} is not a key file. Restore it from a backup: its tokens depend on it.`);
  }
  const ring = (name: keyof ApiKeys): KeyRing => {
    const parsed = parseKeys(content.data[name]);
    if (!parsed.ok) throw new KeyFileRefused(`${name} in ${path} can't be read (${parsed.because}). Restore the file.`);
    return parsed.keys;
  };
  return { peppers: ring('peppers'), tagKeys: ring('tagKeys'), cursorKeys: ring('cursorKeys') };
};

const schema = z.object({ peppers: z.string(), tagKeys: z.string(), cursorKeys: z.string() });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
