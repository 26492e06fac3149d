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

describe.skipIf(!executablePath)("more of a token's life by clicking", () => {
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

  const said = (text: string) => page.getByRole('status').getByText(text).waitFor();
  const looksWell = async () => {
    await settle(page);
    expect.soft(await seriousFindings(page)).toEqual([]);
  };
  const works = async (text: string) => (await flagsOf(latchkey, 'acme').list(text)).status === 200;

  it('clones a token, extends it, changes its permissions, and hands it over', async () => {
    const session = await latchkey.signIn('acme', 'olivia');
    const expiresAt = new Date(Date.now() + 5 * 86_400_000).toISOString();
    await session.api.tokens.issue.mutate({ name: 'origin', expiresAt });
    await page.reload();
    const tokens = tokensPage(page);

    await tokens.choose('origin', 'Clone');
    await looksWell();
    await tokens.name().fill('copy');
    await page.getByRole('button', { name: 'Clone', exact: true }).click();
    await page.getByRole('dialog', { name: 'was issued' }).waitFor();
    expect(await works(await tokens.revealed())).toBe(true);
    await tokens.copyAndClose();

    await tokens.choose('copy', 'Extend');
    await page.getByRole('combobox', { name: 'Expiry' }).selectOption('In one year');
    await looksWell();
    await page.getByRole('button', { name: 'Extend', exact: true }).click();
    await said('copy was saved.');

    await tokens.choose('copy', 'Change permissions');
    await page.getByRole('radio', { name: 'Read' }).check();
    await looksWell();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const [copy] = (await session.api.tokens.list.query({ nameContains: 'copy' })).items;
    expect(copy?.permissions).toMatchObject({ type: 'ability', ability: 'read' });

    await tokens.choose('copy', 'Hand over');
    await tokens.name().fill('taken over');
    await page.getByRole('button', { name: 'Hand over', exact: true }).click();
    await page.getByRole('dialog', { name: 'was issued' }).waitFor();
    await tokens.copyAndClose();
    const [taken] = (await session.api.tokens.list.query({ nameContains: 'taken over' })).items;
    expect(taken).toMatchObject({ kind: 'service', ownerId: null });
  });

  it('refuses an older secret before its time', async () => {
    const session = await latchkey.signIn('acme', 'olivia');
    const { token, tokenText } = await session.api.tokens.issue.mutate({ name: 'rotated once' });
    await session.api.tokens.rotate.mutate({ tokenId: token.tokenId });
    expect(await works(tokenText)).toBe(true);
    await page.reload();
    await tokensPage(page).choose('rotated once', 'Refuse the older secret');
    await said('The older secret of rotated once is refused from now on.');
    expect(await works(tokenText)).toBe(false);
  });

  it('says what a change of settings would mean before it is saved', async () => {
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByLabel('Longest lifetime of personal tokens, in days').fill('30');
    await looksWell();
    await page.getByRole('button', { name: 'See what this means' }).click();
    await page.getByText(/could not be issued like this any more/u).waitFor();
    await page.getByText('copy: lives too long').waitFor();
    await looksWell();
    await page.getByRole('button', { name: 'Save' }).click();
    await said('The settings were saved.');
    const session = await latchkey.signIn('acme', 'olivia');
    const { settings, revision } = await session.api.settings.get.query();
    expect([settings.maxLifetimeDays.personal, revision]).toEqual([30, 1]);
  });

  it('nothing went wrong in the browser meanwhile', () => expectNothingWrong(olivia));
});
