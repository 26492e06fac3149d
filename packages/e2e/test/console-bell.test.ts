import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  executablePath,
  expectNothingWrong,
  launchChromium,
  seriousFindings,
  settle,
  signIn,
  type Visit,
  visit,
} from './console/browser.ts';
import { type Installation, startInstallation } from './harness/installation.ts';

describe.skipIf(!executablePath)('what a member is told', () => {
  let latchkey: Installation;
  let browser: Browser;
  let olivia: Visit;
  let page: Page;
  beforeAll(async () => {
    latchkey = await startInstallation();
    browser = await launchChromium();
    olivia = await visit(browser, latchkey);
    ({ page } = olivia);
    await signIn(page, latchkey, 'olivia');
  });
  afterAll(async () => {
    await browser?.close();
    await latchkey?.stop();
  });

  const looksWell = async () => {
    await settle(page);
    expect.soft(await seriousFindings(page)).toEqual([]);
  };
  const tell = (tokenId: string, number: number, tokenName: string) =>
    latchkey.admin.query(
      `insert into latchkey.notification (organization_id, member_id, notification_id, kind, token_id, content, created_at)
       values ('acme', 'olivia', $1, 'expiry', $2, $3, now())`,
      [
        number.toString(16).padStart(40, '0'),
        tokenId,
        {
          ...{ tokenName, about: Date.UTC(2030, 0, 1), days: 7, count: null, expiresAt: null },
          ...{ lastUsedAt: Date.UTC(2029, 0, 1), lastUsedAddress: '192.0.2.44', lastUsedClient: 'terraform/1.9' },
        },
      ],
    );
  const bell = () => page.getByRole('button', { name: /^Notifications/ });

  it('stands behind a bell that counts what is unread, and leads to the token by keyboard', async () => {
    const session = await latchkey.signIn('acme', 'olivia');
    const first = await session.api.tokens.issue.mutate({ name: 'told of' });
    const other = await session.api.tokens.issue.mutate({ name: 'told of too' });

    await bell().click();
    await page.getByRole('heading', { name: 'Nothing to tell you' }).waitFor();
    await looksWell();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Nothing to tell you' }).waitFor({ state: 'detached' });

    await tell(first.token.tokenId, 1, 'told of');
    await tell(other.token.tokenId, 2, 'told of too');
    await page.reload();
    await page.getByRole('button', { name: 'Notifications, 2 unread' }).focus();
    await page.keyboard.press('Enter');
    const list = page.getByRole('dialog', { name: 'Notifications' });
    await list.getByText('told of too expires on').waitFor();
    expect(await list.textContent()).toContain('192.0.2.44, terraform/1.9');
    await looksWell();

    // By keyboard alone: to the older one's link, and along it.
    const link = list.getByRole('listitem').filter({ hasText: 'told of expires' }).getByRole('link');
    await link.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${latchkey.url}/integrations/access-tokens/${first.token.tokenId}`);
    await page.getByRole('rowheader', { name: 'told of', exact: true }).waitFor();
    expect(await page.getByRole('rowheader').count()).toBe(1);
    await page.getByRole('button', { name: 'Notifications, 1 unread' }).waitFor();
    await looksWell();

    await bell().click();
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await page.getByRole('button', { name: 'Notifications', exact: true }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('a link of a mail opens that token, whoever signs in for it; one that leads nowhere says so', async () => {
    const session = await latchkey.signIn('acme', 'olivia');
    const { token } = await session.api.tokens.issue.mutate({ name: 'linked' });
    await page.goto(`${latchkey.url}/integrations/access-tokens/${token.tokenId}`);
    await page.getByRole('rowheader', { name: 'linked', exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Secrets and their last uses' }).waitFor();
    await looksWell();
    for (const wrong of [`${token.tokenId.slice(0, 3)}0000000000000`, 'no-token-at-all']) {
      await page.goto(`${latchkey.url}/integrations/access-tokens/${wrong}`);
      await page.getByRole('heading', { name: 'There is no such access token' }).waitFor();
    }
    await looksWell();
    await page.getByRole('button', { name: 'Show all access tokens' }).click();
    await page.getByRole('rowheader', { name: 'linked', exact: true }).waitFor();
  });

  it('mail that was captured is read by an administrator, and by nobody else', async () => {
    const folder = join(latchkey.dataFolder, 'mail');
    mkdirSync(folder, { recursive: true });
    for (const [name, organizationId] of [
      ['aa', 'acme'],
      ['bb', 'globex'],
    ] as const) {
      const mail = { organizationId, at: new Date().toISOString(), to: 'x@y.example', subject: `of ${organizationId}` };
      writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...mail, text: 'It expires.\n\nExtend it.' }));
    }
    await page.goto(`${latchkey.url}/mail`);
    await page.getByRole('article').filter({ hasText: 'of acme' }).waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
    await page.getByRole('link', { name: 'Captured mail' }).waitFor();
    await looksWell();

    const dana = await visit(browser, latchkey);
    await signIn(dana.page, latchkey, 'dana');
    await dana.page.goto(`${latchkey.url}/settings`);
    await dana.page.getByRole('heading', { level: 1 }).waitFor();
    await settle(dana.page);
    expect(await dana.page.getByRole('link', { name: 'Captured mail' }).count()).toBe(0);
    await dana.context.close();
  });

  it('nothing went wrong on any of these pages', () => {
    expectNothingWrong(olivia);
  });
});
