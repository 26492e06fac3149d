import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Anchor } from '@latchkey/core/audit';
import { z } from 'zod';
import type { AnchorSink, AnchorSource } from './anchor-sink.ts';

/** Of a data folder, the part that anchors are in. */
export const anchorFolder = (dataFolder: string): string => join(dataFolder, 'audit-anchors');

/** Some two thousand anchors: more are thinned out. */
const MAX_BYTES = 512 * 1024;

/**
 * Anchors as JSON Lines, one file for each organization, mode 0600, in a folder beside the keys. Written through to the
 * disk. A file that has grown is thinned: of its older half each eighth line stays, because a newer anchor vouches for all
 * that an older one does.
 */
export const createAnchorFiles = (folder: string): AnchorSink & AnchorSource => {
  // A digest, because an id of the host's may be anything, and file names may not.
  const pathOf = (organizationId: string) =>
    join(folder, `${createHash('sha256').update(organizationId).digest('hex').slice(0, 32)}.jsonl`);
  return {
    write: async (anchors) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const anchor of anchors) await appendTo(pathOf(anchor.organizationId), anchor);
    },
    read: async (organizationId) => {
      const lines = await linesOf(pathOf(organizationId));
      // A line that was cut off in a crash says nothing, and takes nothing from the others.
      return lines.flatMap((line) => {
        const anchor = schema.safeParse(parseJson(line));
        return anchor.success && anchor.data.organizationId === organizationId ? [anchor.data] : [];
      });
    },
  };
};

const appendTo = async (path: string, anchor: Anchor): Promise<void> => {
  const { organizationId, number, link, mac, keyId, sealedAt } = anchor;
  const file = await open(path, 'a', 0o600);
  try {
    // It begins a line of its own, whatever a crash has left before it.
    await file.appendFile(`\n${JSON.stringify({ organizationId, number, link, mac, keyId, sealedAt })}`);
    await file.datasync();
  } finally {
    await file.close();
  }
  if ((await stat(path)).size > MAX_BYTES) await thin(path);
};

const thin = async (path: string): Promise<void> => {
  const lines = await linesOf(path);
  const half = Math.floor(lines.length / 2);
  const kept = lines.filter((_, i) => i >= half || i % 8 === 0);
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, kept.join('\n'), { mode: 0o600, flush: true });
  await rename(temporary, path);
};

const linesOf = async (path: string): Promise<readonly string[]> => {
  try {
    return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.object({
  organizationId: z.string(),
  number: z.number().int().min(1),
  link: digest,
  mac: digest,
  keyId: z.string(),
  sealedAt: z.number(),
});

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
