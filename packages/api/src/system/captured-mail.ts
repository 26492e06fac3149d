import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from '@latchkey/contract';
import { z } from 'zod';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { requireMember } from '../notifications/require-member.ts';

/** Of those, the latest are shown (BOUNDED-WORK). */
const mostFiles = 1_000;
const shown = 50;

const capturedSchema = z.object({
  organizationId: z.string(),
  at: z.iso.datetime(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
});

/**
 * Mail that the worker captured because there is no SMTP server, in development alone. TENANT-WALL: the folder holds the
 * mail of all organizations; each message says whose it is, and one that doesn't is shown to nobody.
 */
export const listCapturedMail = async (
  { mailFolder }: Pick<ApiDeps, 'mailFolder'>,
  by: Caller,
): Promise<Output<'system', 'capturedMail'>> => {
  const { organizationId } = requireMember(by);
  if (mailFolder === undefined) return { captures: false, items: [] };
  const found: Output<'system', 'capturedMail'>['items'] = [];
  for (const name of await newestFirst(mailFolder)) {
    const mail = await readCaptured(join(mailFolder, name));
    if (mail?.organizationId !== organizationId) continue;
    const { at, to, subject, text } = mail;
    found.push({ mailId: name.slice(0, -'.json'.length), at, to, subject, text });
    if (found.length === shown) break;
  }
  return { captures: true, items: found };
};

const newestFirst = async (folder: string): Promise<readonly string[]> => {
  // Nothing has been captured yet.
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => /^[0-9a-z]+\.json$/.test(name))
      .slice(0, mostFiles)
      .map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  return files.sort((a, b) => b.at - a.at).map(({ name }) => name);
};

const readCaptured = async (path: string): Promise<z.infer<typeof capturedSchema> | null> => {
  try {
    return capturedSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
};
