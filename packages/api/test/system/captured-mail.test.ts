import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
const folder = mkdtempSync(join(tmpdir(), 'latchkey-captured-'));
const mailFolder = join(folder, 'mail');
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(async () => {
  await installation.close();
  rmSync(folder, { recursive: true });
});

const as = async (organizationId: string, memberId: string, parts: { readonly mailFolder?: string } = { mailFolder }) =>
  installation.as(await installation.principal(organizationId, memberId), parts);
const capture = (name: string, organizationId: unknown, ageSeconds = 0) => {
  mkdirSync(mailFolder, { recursive: true });
  const path = join(mailFolder, name);
  const mail = { organizationId, at: '2026-05-01T00:00:00.000Z', to: 'ada@acme.example', subject: name, text: 'text' };
  writeFileSync(path, JSON.stringify(mail));
  const at = Date.now() / 1_000 - ageSeconds;
  utimesSync(path, at, at);
};

it('TENANT-WALL: an administrator reads the captured mail of its own organization, the latest first', async () => {
  const olivia = await as('acme', 'olivia');
  expect(await olivia.system.capturedMail()).toEqual({ captures: true, items: [] });
  capture('a1.json', 'acme', 60);
  capture('a2.json', 'acme');
  capture('b1.json', 'globex');
  // What says not whose it is, or is no mail at all, is nobody's.
  capture('c1.json', undefined);
  writeFileSync(join(mailFolder, 'd1.json'), 'no JSON');
  writeFileSync(join(mailFolder, 'e1.eml'), 'Subject: acme');
  writeFileSync(join(mailFolder, '.f1.json.12'), '{}');
  expect((await olivia.system.capturedMail()).items).toEqual(
    ['a2', 'a1'].map((mailId) => ({
      ...{ mailId, at: '2026-05-01T00:00:00.000Z', to: 'ada@acme.example', subject: `${mailId}.json`, text: 'text' },
    })),
  );
  const gina = await as('globex', 'gina');
  expect((await gina.system.capturedMail()).items.map(({ mailId }) => mailId)).toEqual(['b1']);
});

it('nobody reads it who may not administer, and no token does', async () => {
  const dana = await as('acme', 'dana');
  expect(await refusal(dana.system.capturedMail())).toMatchObject({ code: 'NOT_ALLOWED' });
  const olivia = await installation.member('acme', 'olivia');
  const { tokenText } = await olivia.tokens.issue({
    name: 'reads mail',
    permissions: { type: 'inherit', manageTokens: true },
  });
  const token = await installation.token(tokenText);
  expect(await refusal(token.system.capturedMail())).toMatchObject({ code: 'CREDENTIAL_KIND' });
});

it('where mail is sent, as in production, there is none', async () => {
  const olivia = await as('acme', 'olivia', {});
  expect(await olivia.system.capturedMail()).toEqual({ captures: false, items: [] });
});
