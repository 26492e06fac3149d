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

  it('narrows tokens to what they were used for', async () => {
    const session = await latchkey.signIn('acme', 'olivia');
    const { token: personal } = await session.api.tokens.issue.mutate({ name: 'too wide' });
    const { token: service } = await session.api.tokens.issue.mutate({
      kind: 'service',
      name: 'frozen one',
      permissions: { type: 'ability', ability: 'write' },
    });
    // As the verifiers write it down, which they do once a minute.
    const used = (tokenId: string, allowed: number) =>
      latchkey.admin.query(
        `insert into latchkey.decision_count (organization_id, token_id, day, action, resource, folded, allowed_count, denied_count)
         values ('acme', $1, current_date, 'ToggleFlag', 'project/shop:env/dev:flag/checkout', false, $2, 0)`,
        [tokenId, allowed],
      );
    await page.reload();
    const tokens = tokensPage(page);

    await tokens.choose('too wide', 'Right-size');
    await page.getByText('Nothing was counted in the last 30 days').waitFor();
    expect(await page.getByRole('button', { name: 'Apply', exact: true }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await used(personal.tokenId, 41_200);
    await used(service.tokenId, 7);

    await tokens.choose('too wide', 'Right-size');
    await page.getByText('0 of 41,200 decisions would have been refused.').waitFor();
    await page.getByText('ToggleFlag × 41,200').waitFor();
    await looksWell();
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await said('too wide may do what it was used for, and no more.');
    const { permissions } = await session.api.tokens.get.query({ tokenId: personal.tokenId });
    expect(permissions).toMatchObject({
      type: 'statements',
      statements: [{ actions: ['ToggleFlag'], resources: ['project/shop:env/dev:flag/checkout'] }],
    });

    await tokens.choose('frozen one', 'Right-size');
    await page.getByLabel('Allow').selectOption('all of that type beside them');
    await page.getByText('0 of 7 decisions would have been refused.').waitFor();
    await tokens.name().fill('narrow');
    await looksWell();
    await page.getByRole('button', { name: 'Issue the narrower token' }).click();
    await page.getByRole('dialog', { name: 'was issued' }).waitFor();
    await tokens.copyAndClose();
    const [narrow] = (await session.api.tokens.list.query({ nameContains: 'narrow' })).items;
    expect(narrow?.permissions).toMatchObject({ type: 'frozen', source: { type: 'statements' } });
    expect(JSON.stringify(narrow?.permissions)).toContain('project/shop:env/dev:flag/*');
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
