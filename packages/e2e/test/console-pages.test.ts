import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  executablePath,
  expectNothingWrong,
  launchChromium,
  output,
  seriousFindings,
  settle,
  signIn,
  visit,
} from './console/browser.ts';
import { issuePersonal, tokensPage } from './console/tokens.ts';
import { type Installation, startInstallation } from './harness/installation.ts';

const TOKENS = '/integrations/access-tokens';

describe.skipIf(!executablePath)('every page of the console', () => {
  let latchkey: Installation;
  let browser: Browser;
  beforeAll(async () => {
    latchkey = await startInstallation();
    browser = await launchChromium();
    const olivia = await latchkey.signIn('acme', 'olivia');
    const issue = (name: string, more: object = {}) => olivia.api.tokens.issue.mutate({ name, ...more });
    await issue('nightly report', { description: 'Reads what was switched, every night.' });
    const { token } = await issue('deploys', { permissions: { type: 'ability', ability: 'write' }, kind: 'service' });
    await olivia.api.tokens.rotate.mutate({ tokenId: token.tokenId });
    const { token: stopped } = await issue('an experiment of last year');
    await olivia.api.tokens.deactivate.mutate({ tokenId: stopped.tokenId });
  });
  afterAll(async () => {
    await browser?.close();
    await latchkey?.stop();
  });

  /** Takes a picture and lets axe look: whatever a person can see here is looked at. */
  const look = async (page: Page, name: string, atRest = true) => {
    if (atRest) await settle(page);
    await page.screenshot({ path: `${output}console-${name}.png` });
    expect.soft(await seriousFindings(page), name).toEqual([]);
  };

  const close = async (page: Page) => {
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };

  it.each(['light', 'dark'] as const)(
    'has nothing serious for axe-core in %s',
    async (colorScheme) => {
      const visitor = await visit(browser, latchkey, { colorScheme });
      const { page } = visitor;
      const open = async (path: string) => {
        await page.goto(`${latchkey.url}${path}`);
        await page.getByRole('table').waitFor();
      };
      const menu = async (name: string, item: string) => {
        await page.getByRole('button', { name: `Actions for ${name}` }).click();
        await page.getByRole('menuitem', { name: item, exact: true }).click();
        await page.getByRole('dialog').waitFor();
      };
      await page.goto(latchkey.url);
      await page.getByRole('button', { name: 'Sign in as Olivia Owner' }).waitFor();
      await look(page, `signed-out-${colorScheme}`);
      await signIn(page, latchkey, 'olivia');
      await page.getByRole('table').waitFor();
      await look(page, `tokens-${colorScheme}`);
      await page.getByRole('button', { name: 'Actions for deploys' }).click();
      await page.getByRole('menuitem', { name: 'Rotate' }).waitFor();
      await look(page, `tokens-menu-${colorScheme}`);
      await page.keyboard.press('Escape');
      for (const item of ['Edit', 'Rotate', 'Remove']) {
        await menu('deploys', item);
        await look(page, `token-${item.toLowerCase()}-${colorScheme}`);
        await close(page);
      }
      const tokens = tokensPage(page);
      await tokens.openPanel();
      await tokens.allowed('project/*').first().waitFor();
      await look(page, `add-${colorScheme}`);
      await page.getByText('By action').click();
      await tokens.openType('Flags');
      await page.getByRole('checkbox', { name: 'ToggleFlag' }).check();
      await tokens.allowed('project/*:env/*:flag/*').waitFor();
      await look(page, `add-by-action-${colorScheme}`);
      await tokens.name().fill(`of ${colorScheme}`);
      await tokens.issue();
      await look(page, `revealed-${colorScheme}`);
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByText('You have not copied the token').waitFor();
      await look(page, `revealed-guard-${colorScheme}`);
      await page.getByRole('button', { name: 'Close without copying' }).click();
      await page.goto(`${latchkey.url}${TOKENS}?name=nothing-is-called-this`);
      await page.getByRole('heading', { name: 'Nothing matches these filters' }).waitFor();
      await look(page, `tokens-none-${colorScheme}`);
      await open('/members');
      await look(page, `members-${colorScheme}`);
      await menu('Dana Developer', 'Policies and groups');
      await page.getByRole('checkbox', { name: 'Developer' }).waitFor();
      await look(page, `member-policies-${colorScheme}`);
      await page.getByRole('checkbox', { name: 'Developer' }).uncheck();
      await page.getByText('breaks').waitFor();
      await page.getByText(/^can no longer do /).waitFor();
      await look(page, `member-policies-effect-${colorScheme}`);
      await close(page);
      await menu('Dana Developer', 'Remove from the organization');
      await page.getByText('Demo token').waitFor();
      await look(page, `member-remove-${colorScheme}`);
      await open('/policies');
      await look(page, `policies-${colorScheme}`);
      await menu('No production deletes', 'Edit');
      await page.getByText('1 member has it').waitFor();
      await page
        .getByRole('textbox', { name: 'Statements as JSON' })
        .fill('[{ "effect": "allow", "resourceType": "flag", "actions": ["ToggleFlag"], "resources": ["*"] }]');
      await page.getByText(/^Gives \d+ kinds? of requests?, such as:$/).waitFor();
      await look(page, `policy-effect-${colorScheme}`);
      await page.getByRole('textbox', { name: 'Statements as JSON' }).fill('[{ "effect": "permit" }]');
      await page.getByRole('alert').waitFor();
      await look(page, `policy-edit-${colorScheme}`);
      await open('/audit');
      await look(page, `audit-${colorScheme}`);
      await latchkey.admin.query('delete from latchkey.session');
      await page.getByRole('link', { name: 'Members' }).click();
      await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
      await look(page, `session-ended-${colorScheme}`);
      expectNothingWrong(visitor);
      await visitor.context.close();
    },
    90_000,
  );

  it('shows each state of a list: loading, no access, could not be loaded and tried again, empty', async () => {
    const visitor = await visit(browser, latchkey);
    const { page } = visitor;
    await signIn(page, latchkey, 'olivia');
    await page.getByRole('table').waitFor();
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const list = /\/trpc\/members\.list/;
    await page.route(list, async (route) => {
      await held;
      await route.fulfill({ status: 503, contentType: 'application/json', body: '{}' });
    });
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByText('Loading…').waitFor({ state: 'attached' });
    await look(page, 'loading', false);
    answer();
    await page.getByRole('heading', { name: 'This could not be loaded' }).waitFor();
    await look(page, 'failed');
    await page.unroute(list);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('table').waitFor();
    await visitor.context.close();

    const other = await visit(browser, latchkey);
    await signIn(other.page, latchkey, 'bea');
    await other.page.getByRole('heading', { name: 'No access tokens yet' }).waitFor();
    await look(other.page, 'tokens-empty');
    await other.page.getByRole('link', { name: 'Audit trail' }).click();
    await other.page.getByRole('heading', { name: 'You may not see this' }).waitFor();
    await look(other.page, 'no-access');
    await other.context.close();
  });

  it('fits a narrow screen: nothing but tables is wider than the page', async () => {
    const visitor = await visit(browser, latchkey);
    const { page } = visitor;
    await page.setViewportSize({ width: 380, height: 800 });
    await signIn(page, latchkey, 'olivia');
    for (const path of [TOKENS, `${TOKENS}/new`, '/members', '/policies', '/audit']) {
      await page.goto(`${latchkey.url}${path}`);
      await page.getByRole('table').waitFor({ state: 'attached' });
      await settle(page);
      await page.screenshot({ path: `${output}console-narrow${path.replaceAll('/', '-')}.png` });
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(380);
    }
    await visitor.context.close();
  });

  const languages = [
    ['en', 'olivia', 'Access tokens', 'Add access token', 'Members', 'Policies', 'Audit trail', 'Active'],
    ['zh-CN', 'devin', '访问令牌', '添加访问令牌', '成员', '策略', '审计记录', '有效'],
    ['ja', 'dana', 'アクセストークン', 'アクセストークンを追加', 'メンバー', 'ポリシー', '監査証跡', '有効'],
  ] as const;

  it.each(languages)("speaks %s to %s, who did not choose it: it is the member's own", async (...expected) => {
    const [language, member, tokens, add, members, policies, audit, active] = expected;
    const visitor = await visit(browser, latchkey, { locale: 'fr-FR' });
    const { page } = visitor;
    await signIn(page, latchkey, member);
    await page.getByRole('heading', { name: tokens, level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    expect(await page.title()).toContain(tokens);
    await page.getByRole('table').getByText(active, { exact: true }).first().waitFor();
    await look(page, `tokens-${language}`);
    await page.getByRole('button', { name: add }).click();
    await page.getByRole('dialog', { name: add }).waitFor();
    await page.getByRole('term').first().waitFor();
    await look(page, `add-${language}`);
    await close(page);
    for (const [name, label] of [
      ['members', members],
      ['policies', policies],
      ['audit', audit],
    ] as const) {
      await page.getByRole('link', { name: label }).click();
      await page.getByRole('heading', { name: label, level: 1 }).waitFor();
      await look(page, `${name}-${language}`);
    }
    expectNothingWrong(visitor);
    await visitor.context.close();
  });

  it('changes language and appearance by hand, and keeps both over a reload', async () => {
    const visitor = await visit(browser, latchkey);
    const { page } = visitor;
    await signIn(page, latchkey, 'olivia');
    await issuePersonal(page, 'in three languages');
    await page.getByRole('combobox', { name: 'Language' }).selectOption('ja');
    await page.getByRole('heading', { name: 'アクセストークン' }).waitFor();
    await page.getByRole('combobox', { name: '外観' }).selectOption('dark');
    await page.reload();
    await page.getByRole('heading', { name: 'アクセストークン' }).waitFor();
    expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
    // Dates as Japanese writes them, and the number of days before its unit.
    await page.getByRole('row').filter({ hasText: 'in three languages' }).getByText('90 日後').waitFor();
    await page.getByRole('combobox', { name: '言語' }).selectOption('zh-CN');
    await page.getByRole('row').filter({ hasText: 'in three languages' }).getByText('90天后').waitFor();
    expectNothingWrong(visitor);
    await visitor.context.close();
  });
});
