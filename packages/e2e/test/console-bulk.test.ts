import { readFile } from 'node:fs/promises';
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
import { tokensPage } from './console/tokens.ts';
import { flagsOf } from './harness/example-service.ts';
import { type Installation, startInstallation } from './harness/installation.ts';

describe.skipIf(!executablePath)('many tokens, and one that was found, by clicking', () => {
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
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const works = async (text: string) => (await flagsOf(latchkey, 'acme').list(text)).status === 200;

  it('lists what would be hit, asks for its number, removes it, and hands out the report', async () => {
    const session = await latchkey.signIn('acme', 'olivia');
    const texts: string[] = [];
    for (const name of ['many one', '=many two']) {
      texts.push((await session.api.tokens.issue.mutate({ name })).tokenText);
    }
    const other = (await session.api.tokens.issue.mutate({ name: 'stays' })).tokenText;
    await page.reload();
    await page.getByRole('link', { name: 'Stop many' }).click();
    expect(await button('List what would be hit').isDisabled()).toBe(true);
    await page.getByRole('radio', { name: 'Remove: for good' }).check();
    await page.getByRole('textbox', { name: 'Name contains' }).fill('many');
    await looksWell();
    await button('List what would be hit').click();
    await page.getByText('2 tokens would be hit').waitFor();
    await looksWell();
    expect(await Promise.all(texts.map(works))).toEqual([true, true]);

    const remove = button('Remove 2 tokens for good');
    await page.getByRole('textbox', { name: 'Type 2 to confirm' }).fill('3');
    expect(await remove.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Type 2 to confirm' }).fill('2');
    await remove.click();
    await page.getByText('2 tokens are stopped: nothing accepts them any more.').waitFor();
    await looksWell();
    expect(await Promise.all([...texts, other].map(works))).toEqual([false, false, true]);

    const [download] = await Promise.all([page.waitForEvent('download'), button('Download as CSV').click()]);
    const csv = await readFile(await download.path(), 'utf8');
    expect(csv).toContain('"many one"');
    expect(csv).toContain(`"'=many two"`);
    expect(csv.match(/"stopped"\r\n/gu)).toHaveLength(2);
    const { items } = await session.api.audit.list.query({ action: 'organization.tokens_stopped' });
    expect(items).toMatchObject([{ details: { stoppedCount: 2, done: true } }]);
  });

  it('says which token was found, sends nothing of it but its id, and deactivates it', async () => {
    const session = await latchkey.signIn('acme', 'olivia');
    const { token, tokenText } = await session.api.tokens.issue.mutate({ name: 'found in a log' });
    await page.goto(`${latchkey.url}/integrations/access-tokens`);
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await button('Identify a found token').click();
    const field = page.getByLabel('What was found');
    await field.fill('no token at all');
    await button('Identify').click();
    await page.getByText('There is no access token in this text.').waitFor();
    await field.fill(`TOKEN=${tokenText} # somewhere`);
    await looksWell();
    await button('Identify').click();
    await page.getByText('found in a log').first().waitFor();
    expect(sent.some((each) => each.includes(token.tokenId))).toBe(true);
    expect(sent.join('\n')).not.toContain(tokenText.slice(-30));
    await looksWell();
    await button('Deactivate it now').click();
    await page.getByText('found in a log is inactive; nothing accepts it any more.').waitFor();
    expect(await works(tokenText)).toBe(false);
    await button('Show its details').click();
    await page.getByText('Newest secret, ends in').waitFor();
    expect(page.url()).toContain(`/integrations/access-tokens/${token.tokenId}`);
  });

  it('shows both secrets of a rotated token, and that the older one is still in use', async () => {
    const session = await latchkey.signIn('acme', 'olivia');
    const { token, tokenText } = await session.api.tokens.issue.mutate({ name: 'two secrets' });
    await page.goto(`${latchkey.url}/integrations/access-tokens`);
    const tokens = tokensPage(page);
    await tokens.choose('two secrets', 'Rotate');
    await page.getByRole('combobox', { name: 'Go on accepting' }).selectOption('1 hour');
    await page.getByRole('combobox', { name: 'End that early' }).selectOption('5 minutes');
    await looksWell();
    await button('Rotate').click();
    await page.getByRole('dialog', { name: 'has a new secret' }).waitFor();
    await tokens.copyAndClose();
    const [, older] = (await session.api.tokens.get.query({ tokenId: token.tokenId })).secrets;
    expect(older?.cutWhenSilentMs).toBe(300_000);

    expect(await works(tokenText)).toBe(true);
    // Uses are recorded in batches: asked for again until it is known.
    await expect
      .poll(async () => (await session.api.tokens.get.query({ tokenId: token.tokenId })).secrets[1]?.lastUsedAt, {
        timeout: 90_000,
      })
      .not.toBeNull();
    await page.goto(`${latchkey.url}/integrations/access-tokens/${token.tokenId}`);
    await page.getByText('The older secret is still in use').first().waitFor();
    await page.getByText('silent for 5 minutes').waitFor();
    await looksWell();
  });

  it('explains why a token is refused: by its permissions, and by the secret that was presented', async () => {
    const session = await latchkey.signIn('acme', 'olivia');
    const permissions = { type: 'ability', ability: 'read' } as const;
    const { token, tokenText } = await session.api.tokens.issue.mutate({ name: 'explained', permissions });
    await session.api.tokens.rotate.mutate({ tokenId: token.tokenId, graceMs: 0 });
    await page.goto(`${latchkey.url}/integrations/access-tokens`);
    await tokensPage(page).choose('explained', 'Explain');
    const dialog = page.getByRole('dialog', { name: 'Why explained may or may not' });
    await dialog.getByRole('textbox', { name: 'Action' }).fill('ToggleFlag');
    await dialog.getByRole('textbox', { name: 'Resource' }).fill('project/shop:env/dev:flag/checkout');
    await dialog.getByRole('button', { name: 'Explain' }).click();
    await dialog.getByText("denied by the token's permissions").first().waitFor();
    await looksWell();
    await dialog.getByRole('textbox', { name: 'Last 4 characters' }).fill(tokenText.slice(-4));
    await dialog.getByRole('button', { name: 'Explain' }).click();
    await dialog.getByText('The secret was superseded').waitFor();
  });

  it('did nothing that a browser complains about', () => expectNothingWrong(olivia));
});
