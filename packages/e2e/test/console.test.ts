import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executablePath, expectNothingWrong, launchChromium, output, visit } from './console/browser.ts';
import { type Installation, startInstallation } from './harness/installation.ts';

describe.skipIf(!executablePath)('signing in to the console, in a real Chromium', () => {
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

  const linkOf = async (memberId: string) =>
    (
      JSON.parse(await latchkey.server('sign-in-link', '--organization', 'acme', '--member', memberId, '--json')) as {
        url: string;
      }
    ).url;

  it('signs a member in by a one-time link, once, and out again; it asks no other origin for anything', async () => {
    const visitor = await visit(browser, latchkey);
    const { page } = visitor;
    const link = await linkOf('olivia');
    await page.goto(link);
    await page.getByRole('heading', { name: 'Access tokens', level: 1 }).waitFor();
    await page.getByRole('group', { name: 'Account of Olivia Owner' }).getByText('Acme').waitFor();
    expect(page.url()).toBe(`${latchkey.url}/integrations/access-tokens`);
    expect(await page.evaluate('document.cookie')).toBe('');

    const other = await browser.newContext();
    const late = await other.newPage();
    expect((await late.goto(link))?.status()).toBe(401);
    await late.screenshot({ path: `${output}console-link-used.png` });
    await other.close();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(await page.getByRole('table').count()).toBe(0);
    expectNothingWrong(visitor);
    await visitor.context.close();
  });

  it('signs in by a pasted link, and opens no link of somebody else', async () => {
    const visitor = await visit(browser, latchkey);
    const { page } = visitor;
    await page.goto(latchkey.url);
    const link = page.getByRole('textbox', { name: 'One-time sign-in link' });
    await link.fill('https://elsewhere.example/sign-in?link=abc');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').getByText('no sign-in link of this console').waitFor();
    await link.fill(await linkOf('dana'));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Dana Developer').waitFor();
    expectNothingWrong(visitor);
    await visitor.context.close();
  });

  it("signs in as any member of the demo, and shows each what it may do by the API's word", async () => {
    const visitor = await visit(browser, latchkey);
    const { page } = visitor;
    await page.goto(`${latchkey.url}/members`);
    await page.getByRole('button', { name: 'Sign in as Bea Beta' }).click();
    // The page that was asked for, and not another one; she administers nothing.
    await page.getByRole('heading', { name: 'You may not see this' }).waitFor();
    await page.getByText('CanManageIAM').waitFor();
    expect(page.url()).toBe(`${latchkey.url}/members`);
    await page.getByRole('link', { name: 'Access tokens' }).click();
    await page.getByText('You see your own tokens.').waitFor();
    expectNothingWrong(visitor);
    await visitor.context.close();
  });

  it('is served with a Content Security Policy that allows its own files and nothing inline', async () => {
    for (const path of ['/', '/integrations/access-tokens', '/integrations/access-tokens/new', '/members']) {
      const response = await fetch(`${latchkey.url}${path}`, { headers: { accept: 'text/html' } });
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(response.status).toBe(200);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("style-src 'self';");
      expect(policy).not.toContain('unsafe');
      const html = await response.text();
      expect(html).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\son[a-z]+=|\sstyle=|https?:\/\//);
    }
  });
});
