import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executablePath, expectNothingWrong, launchChromium, signIn, type Visit, visit } from './console/browser.ts';
import { issuePersonal, tokensPage } from './console/tokens.ts';
import { FORBIDDEN, flagsOf, UNAUTHORIZED } from './harness/example-service.ts';
import { type Installation, startInstallation } from './harness/installation.ts';

const run = promisify(execFile);

describe.skipIf(!executablePath)('the main job by clicking', () => {
  let latchkey: Installation;
  let browser: Browser;
  let dana: Visit;
  let olivia: Visit;
  let flags: ReturnType<typeof flagsOf>;
  beforeAll(async () => {
    latchkey = await startInstallation();
    browser = await launchChromium();
    // Her own language is Japanese; the tests read English.
    [dana, olivia] = [await visit(browser, latchkey), await visit(browser, latchkey)];
    await dana.page.addInitScript(() => localStorage.setItem('latchkey.language', 'en'));
    await signIn(dana.page, latchkey, 'dana');
    await signIn(olivia.page, latchkey, 'olivia');
    flags = flagsOf(latchkey, 'acme');
  });
  afterAll(async () => {
    await browser?.close();
    await latchkey?.stop();
  });

  const said = (page: Page, text: string) => page.getByRole('status').getByText(text).waitFor();

  it('leads from the first sign-in to a token that works in the very command that it shows', async () => {
    const { page } = olivia;
    const tokens = tokensPage(page);
    await tokens.openPanel();
    await tokens.name().fill('first token');
    await page.getByText('This name is free.').waitFor();
    await tokens.issue();
    const command = await tokens.revealed('Try it in a terminal');
    const text = await tokens.revealed();
    const line = await tokens.revealed('Line of an environment file');
    expect(line).toBe(`LATCHKEY_TOKEN=${text}`);
    const { stdout } = await run('sh', ['-c', command]);
    const { result } = JSON.parse(stdout) as { result: { data: { member: { id: string }; token: { name: string } } } };
    expect(result.data.member.id).toBe('olivia');
    expect(result.data.token.name).toBe('first token');
    await tokens.copyAndClose();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(text);
    await tokens.row('first token').getByText('Active').waitFor();
  });

  it('issues a token by actions on chosen resources; what its owner lacks is shown, disabled, with why', async () => {
    const { page } = dana;
    const tokens = tokensPage(page);
    await tokens.openPanel();
    await tokens.name().fill('toggler');
    await page.getByText('By action').click();
    await tokens.openType('Members and policies');
    const administer = page.getByRole('checkbox', { name: 'CanManageIAM' });
    await page
      .getByText('You may not do this on these resources yourself.')
      .filter({ visible: true })
      .first()
      .waitFor();
    expect(await administer.isDisabled()).toBe(true);
    await tokens.openType('Flags');
    const resource = page.getByRole('group', { name: 'Resource 1' }).filter({ visible: true });
    await resource.getByRole('textbox', { name: 'Projects' }).fill('shop');
    await page.getByRole('checkbox', { name: 'ToggleFlag' }).check();
    await tokens.allowed('project/shop:env/*:flag/*').waitFor();
    await tokens.issue();
    const text = await tokens.revealed();
    await tokens.copyAndClose();
    expect((await flags.toggle(text)).status).toBe(200);
    expect((await flags.remove(text, 'dark-mode')).status).toBe(403);
    expect((await flags.toggle(text, 'push', 'prod', 'mobile')).status).toBe(403);
  });

  it('says as one types that a name is taken, and keeps the form where the API refuses', async () => {
    const { page } = dana;
    const tokens = tokensPage(page);
    await tokens.openPanel();
    await tokens.name().fill('TOGGLER');
    await page.getByText('already has this name').waitFor();
    await tokens.name().fill('somewhere');
    await page.getByRole('textbox', { name: /^Address ranges/ }).fill('nowhere');
    await page.getByRole('button', { name: 'Issue token' }).click();
    await page.getByRole('alert').getByText('addressRanges[0]').waitFor();
    expect(await tokens.name().inputValue()).toBe('somewhere');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('a demotion by clicking refuses the token at once; a promotion lets it work again', async () => {
    const text = await issuePersonal(dana.page, 'follows its owner');
    expect((await flags.toggle(text)).status).toBe(200);
    const { page } = olivia;
    await page.getByRole('link', { name: 'Members' }).click();
    const change = async (developer: boolean) => {
      await page.getByRole('button', { name: 'Actions for Dana Developer' }).click();
      await page.getByRole('menuitem', { name: 'Policies and groups' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('checkbox', { name: 'Developer' }).setChecked(developer);
      await dialog.getByRole('checkbox', { name: 'Beta flags only' }).setChecked(!developer);
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await change(false);
    expect((await flags.toggle(text)).status).toBe(403);
    expect((await flags.toggle(text, 'gift-cards')).status).toBe(200);
    await change(true);
    expect((await flags.toggle(text)).status).toBe(200);
    await page.getByRole('link', { name: 'Access tokens' }).click();
  });

  it('deactivates and activates by the menu of the row', async () => {
    const { page } = dana;
    const text = await issuePersonal(page, 'sometimes');
    const tokens = tokensPage(page);
    await tokens.choose('sometimes', 'Deactivate');
    await said(page, 'sometimes is inactive');
    await tokens.row('sometimes').getByText('Inactive').waitFor();
    expect(await flags.toggle(text)).toMatchObject({ status: 403, body: FORBIDDEN });
    await tokens.choose('sometimes', 'Activate');
    await said(page, 'sometimes is active');
    expect((await flags.toggle(text)).status).toBe(200);
  });

  it('rotates with a grace period, and refuses the older secret when told to', async () => {
    const { page } = dana;
    const first = await issuePersonal(page, 'rotated');
    const tokens = tokensPage(page);
    const rotate = async (grace: string, cutOlder: boolean) => {
      await tokens.choose('rotated', 'Rotate');
      await page.getByRole('combobox', { name: 'Go on accepting' }).selectOption({ label: grace });
      if (cutOlder) await page.getByRole('checkbox', { name: 'Refuse the older secret now' }).check();
      await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
      await page.getByRole('dialog', { name: 'rotated has a new secret' }).waitFor();
      const text = await tokens.revealed();
      await tokens.copyAndClose();
      return text;
    };
    const second = await rotate('1 hour', false);
    await tokens.row('rotated').getByText('older secret accepted until').waitFor();
    expect((await flags.toggle(first)).status).toBe(200);
    expect((await flags.toggle(second)).status).toBe(200);
    const third = await rotate('Not at all: refuse it at once', true);
    expect(await flags.toggle(first)).toMatchObject({ status: 401, body: UNAUTHORIZED });
    expect(await flags.toggle(second)).toMatchObject({ status: 401, body: UNAUTHORIZED });
    expect((await flags.toggle(third)).status).toBe(200);
  });

  it('edits a name and a description, and refuses what somebody else has changed meanwhile', async () => {
    const { page } = dana;
    await issuePersonal(page, 'before');
    const tokens = tokensPage(page);
    await tokens.choose('before', 'Edit');
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('after');
    await page.getByRole('dialog').getByRole('textbox', { name: 'Description' }).fill('Deploys the web shop.');
    await page.getByRole('button', { name: 'Save' }).click();
    await tokens.row('after').getByText('Deploys the web shop.').waitFor();
    // Focus is back where the dialog was opened from.
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Actions for after');

    await tokens.choose('after', 'Edit');
    const session = await latchkey.signIn('acme', 'dana');
    const { items } = await session.api.tokens.list.query({ nameContains: 'after' });
    await session.api.tokens.rename.mutate({ tokenId: items[0]?.tokenId ?? '', name: 'renamed elsewhere' });
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('mine');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('changed by somebody else').waitFor();
    expect(await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).inputValue()).toBe('mine');
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  it('asks before it removes, with the last use and rotation instead; then nothing accepts the token', async () => {
    const { page } = dana;
    const text = await issuePersonal(page, 'short-lived');
    expect((await flags.toggle(text)).status).toBe(200);
    await page.reload();
    const tokens = tokensPage(page);
    await tokens.choose('short-lived', 'Remove');
    const dialog = page.getByRole('dialog', { name: 'Remove short-lived?' });
    await dialog.getByText('Last used').waitFor();
    await dialog.getByRole('button', { name: 'Rotate instead' }).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect((await flags.toggle(text)).status).toBe(200);
    await tokens.choose('short-lived', 'Remove');
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await said(page, 'short-lived was removed');
    await tokens.row('short-lived').waitFor({ state: 'detached' });
    expect(await flags.toggle(text)).toMatchObject({ status: 401, body: UNAUTHORIZED });
  });

  it('a service token outlives its issuer, a personal one does not; removing a member says what will stop', async () => {
    const personal = await issuePersonal(dana.page, 'stops with me');
    const tokens = tokensPage(olivia.page);
    await tokens.openPanel();
    await tokens.name().fill('goes on');
    await olivia.page.getByRole('radio', { name: 'Service' }).check();
    await olivia.page.getByRole('radio', { name: 'Write' }).check();
    await tokens.allowed('project/*:env/*:flag/*').waitFor();
    await tokens.issue();
    const service = await tokens.revealed();
    await tokens.copyAndClose();

    const { page } = olivia;
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('button', { name: 'Actions for Dana Developer' }).click();
    await page.getByRole('menuitem', { name: 'Remove from the organization' }).click();
    await page.getByRole('dialog').getByText('stops with me').waitFor();
    await page.getByRole('button', { name: 'Remove member' }).click();
    await said(page, 'Dana Developer was removed');
    expect(await flags.toggle(personal)).toMatchObject({ status: 403, body: FORBIDDEN });
    expect((await flags.toggle(service)).status).toBe(200);
    await page.getByRole('link', { name: 'Audit trail' }).click();
    await page.getByRole('cell', { name: 'member.removed' }).waitFor();
  });

  it('previews whom an edit of a policy touches, says what is wrong where, and saves', async () => {
    const { page } = olivia;
    await page.getByRole('link', { name: 'Policies' }).click();
    await page.getByRole('button', { name: 'Actions for Beta flags only' }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    const text = page.getByRole('textbox', { name: 'Statements as JSON' });
    await page.getByText('1 member has it').waitFor();
    await page.getByRole('dialog').getByText('Bea Beta').waitFor();
    const before = await text.inputValue();
    await text.fill(before.replace('"allow"', '"permit"'));
    await page.getByRole('alert').getByText('[0].effect').waitFor();
    await text.fill(`${before.slice(0, 20)}!`);
    await page.getByText(/This is no valid JSON: line \d+, column \d+/).waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await text.fill(before.replace('UpdateFlagTags', 'UpdateFlagName'));
    await page.getByRole('button', { name: 'Save' }).click();
    await said(page, 'Policy Beta flags only was saved');
    const session = await latchkey.signIn('acme', 'olivia');
    const policy = await session.api.policies.get.query({ policyId: 'beta-flags-only' });
    expect(JSON.stringify(policy.statements)).toContain('UpdateFlagName');
  });

  it('nothing went wrong in either browser', () => {
    for (const each of [dana, olivia]) expectNothingWrong(each);
  });
});
