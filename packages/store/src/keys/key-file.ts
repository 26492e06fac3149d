import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Crypto, KeyRing } from '@latchkey/core';
import { z } from 'zod';
import { formatKeys, parseKeys } from './parse-keys.ts';

/** The keys of the embedded default can't be used as they are; says what to do. */
export class KeyFileRefused extends Error {
  override readonly name = 'KeyFileRefused';
}

export interface KeyFile<Ring extends string> {
  readonly path: string;
  /** For whoever opens it: what is lost with it. */
  readonly comment: string;
  /** The rings in it, each with what its first key's id begins with. */
  readonly rings: Readonly<Record<Ring, string>>;
}

type Rings<Ring extends string> = Readonly<Record<Ring, KeyRing>>;

/**
 * Key rings of the embedded default: read from their file, or made there once, mode 0600. Of several that start at once
 * one makes them, and all read the same: with other keys, what the first ones made would be worthless.
 * @throws KeyFileRefused where others may read the file, or it isn't one of ours: it is never replaced.
 */
export const loadOrMakeKeyFile = async <Ring extends string>(
  file: KeyFile<Ring>,
  crypto: Pick<Crypto, 'randomBytes'>,
): Promise<Rings<Ring>> => (await readKeyFile(file)) ?? (await makeKeyFile(file, crypto));

/** `null` where there is no such file. @throws KeyFileRefused */
export const readKeyFile = async <Ring extends string>({
  path,
  rings,
}: Pick<KeyFile<Ring>, 'path' | 'rings'>): Promise<Rings<Ring> | null> => {
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
  const names = Object.keys(rings) as Ring[];
  const content = schema.safeParse(parseJson(text));
  if (!content.success || names.some((name) => typeof content.data[name] !== 'string')) {
    throw new KeyFileRefused(
      `${path} is not a key file. Restore it from a backup: what was made with its keys depends on it.`,
    );
  }
  return Object.fromEntries(
    names.map((name) => {
      const parsed = parseKeys(String(content.data[name]));
      if (parsed.ok) return [name, parsed.keys];
      throw new KeyFileRefused(`${name} in ${path} can't be read (${parsed.because}). Restore the file.`);
    }),
  ) as Record<Ring, KeyRing>;
};

const makeKeyFile = async <Ring extends string>(
  file: KeyFile<Ring>,
  crypto: Pick<Crypto, 'randomBytes'>,
): Promise<Rings<Ring>> => {
  const { path, comment, rings } = file;
  await mkdir(dirname(path), { recursive: true });
  const made = (Object.entries(rings) as [Ring, string][]).map(([name, prefix]) => [
    name,
    formatKeys([{ id: `${prefix}-1`, bytes: crypto.randomBytes(32) }]),
  ]);
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ comment, ...Object.fromEntries(made) }, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // A link appears whole or not at all, and only where there is none: the first of several starts wins.
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(temporary);
  }
  const keys = await readKeyFile(file);
  if (keys === null) throw new KeyFileRefused(`${path} vanished while it was being made.`);
  return keys;
};

const schema = z.record(z.string(), z.unknown());

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
