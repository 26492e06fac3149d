import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executablePath, expectNothingWrong, launchChromium, signIn, untilTrue, visit } from './console/browser.ts';
import { tokensPage } from './console/tokens.ts';
import { type Installation, startInstallation } from './harness/installation.ts';

describe.skipIf(!executablePath)('sessions, tabs and the back button', () => {
  let latchkey: Installation;
  let browser: Browser;
  beforeAll(async () => {
    latchkey = await startInstallation();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await latchkey?.stop();
  });

  const endEverySession = () => latchkey.admin.query('delete from latchkey.session');

  it('a session that ended in mid-form loses nothing typed: one signs in again and goes on', async () => {
    const visitor = await visit(browser, latchkey);
    const { page } = visitor;
    await signIn(page, latchkey, 'olivia');
    const tokens = tokensPage(page);
    await tokens.openPanel();
    await tokens.name().fill('typed before');
    await page.getByRole('textbox', { name: /^Description/ }).fill('A long description.');
    await page.getByRole('radio', { name: 'Write' }).check();
    await tokens.allowed('project/*:env/*:flag/*').waitFor();
    await endEverySession();
    await page.getByRole('button', { name: 'Issue token' }).click();
    const ended = page.getByRole('dialog', { name: 'Your session has ended' });
    await ended.getByRole('button', { name: 'I have signed in in another tab' }).click();
    await ended.getByRole('alert').getByText('not signed in yet').waitFor();
    await ended.getByRole('button', { name: 'Sign in as Olivia Owner' }).click();
    await ended.waitFor({ state: 'detached' });
    expect(await tokens.name().inputValue()).toBe('typed before');
    expect(await page.getByRole('textbox', { name: /^Description/ }).inputValue()).toBe('A long description.');
    expect(await page.getByRole('radio', { name: 'Write' }).isChecked()).toBe(true);
    await tokens.issue();
    await tokens.copyAndClose();
    expectNothingWrong(visitor);
    await visitor.context.close();
  });

  it('two tabs share one session: signing out of one says so in the other, and in again brings both back', async () => {
    const visitor = await visit(browser, latchkey);
    const first = visitor.page;
    await signIn(first, latchkey, 'olivia');
    const second = await visitor.open();
    await second.goto(`${latchkey.url}/members`);
    await second.getByRole('heading', { name: 'Members' }).waitFor();
    await second.getByRole('button', { name: 'Sign out' }).click();
    const ended = first.getByRole('dialog', { name: 'Your session has ended' });
    await ended.waitFor();
    await second.getByRole('button', { name: 'Sign in as Olivia Owner' }).click();
    await ended.waitFor({ state: 'detached' });
    await first.getByRole('table').waitFor();
    await visitor.context.close();
  });

  it('a tab never acts as the member whom another tab has signed in since: it becomes that member, and forgets', async () => {
    const visitor = await visit(browser, latchkey);
    const first = visitor.page;
    await signIn(first, latchkey, 'olivia');
    const tokens = tokensPage(first);
    await tokens.openPanel();
    await tokens.name().fill('of Olivia');
    const second = await visitor.open();
    await second.goto(latchkey.url);
    await second.getByRole('button', { name: 'Sign out' }).click();
    await second.getByRole('button', { name: 'Sign in as Adam Admin' }).click();
    await first.getByRole('group', { name: 'Account of Adam Admin' }).waitFor();
    await tokens.name().waitFor();
    expect(await tokens.name().inputValue()).toBe('');
    await visitor.context.close();
  });

  it('what one tab issues the other shows', async () => {
    const visitor = await visit(browser, latchkey);
    const first = visitor.page;
    await signIn(first, latchkey, 'olivia');
    const second = await visitor.open();
    await second.goto(`${latchkey.url}/integrations/access-tokens`);
    await second.getByRole('table').waitFor();
    const tokens = tokensPage(second);
    await tokens.openPanel();
    await tokens.name().fill('seen in both');
    await tokens.issue();
    await tokens.copyAndClose();
    await first.bringToFront();
    await first.getByRole('link', { name: 'Members' }).click();
    await first.getByRole('link', { name: 'Access tokens' }).click();
    await tokensPage(first).row('seen in both').waitFor();
    await visitor.context.close();
  });

  it('going back leads to the page before, and closes the panel without losing what was typed', async () => {
    const visitor = await visit(browser, latchkey);
    const { page } = visitor;
    await signIn(page, latchkey, 'olivia');
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('heading', { name: 'Members' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Access tokens' }).waitFor();
    const tokens = tokensPage(page);
    await tokens.openPanel();
    expect(page.url()).toBe(`${latchkey.url}/integrations/access-tokens/new`);
    await tokens.name().fill('half typed');
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${latchkey.url}/integrations/access-tokens`);
    await page.goForward();
    await tokens.name().waitFor();
    expect(await tokens.name().inputValue()).toBe('half typed');
    expectNothingWrong(visitor);
    await visitor.context.close();
  });

  it('the whole of it works by keyboard, and the focus comes back to where it was', async () => {
    const visitor = await visit(browser, latchkey);
    const { page } = visitor;
    await signIn(page, latchkey, 'olivia');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    const add = page.getByRole('button', { name: 'Add access token' });
    await add.focus();
    await page.keyboard.press('Enter');
    const tokens = tokensPage(page);
    await untilTrue(page, 'document.activeElement.tagName === "INPUT"');
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'by keyboard was issued' }).waitFor();
    await page.getByRole('button', { name: 'Copy the token' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Copy the token' }).getByText('Copied').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await untilTrue(page, 'document.activeElement.textContent === "Add access token"');

    const menu = page.getByRole('button', { name: 'Actions for by keyboard' });
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Edit' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Remove by keyboard?' }).waitFor();
    // What can't be undone is not what Enter does first.
    await untilTrue(page, 'document.activeElement.textContent === "Cancel"');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await untilTrue(page, 'document.activeElement.getAttribute("aria-label") === "Actions for by keyboard"');
    expect(await tokens.row('by keyboard').count()).toBe(1);
    await visitor.context.close();
  });
});
