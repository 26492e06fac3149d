import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from '@latchkey/embedded';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, startInstallation } from './harness/installation.ts';

const executablePath = await findChromium();
const output = fileURLToPath(new URL('../test-output/', import.meta.url));

describe.skipIf(!executablePath)('the console in a real Chromium', () => {
  let latchkey: Installation;
  let browser: Browser;
  beforeAll(async () => {
    latchkey = await startInstallation();
    browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    mkdirSync(output, { recursive: true });
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
    const page = await browser.newPage();
    const elsewhere: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(latchkey.url)) elsewhere.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
    });
    const link = await linkOf('olivia');
    await page.goto(link);
    await page.getByRole('heading', { name: 'Olivia Owner, Acme' }).waitFor();
    await page.screenshot({ path: `${output}console-signed-in.png` });
    expect(page.url()).toBe(`${latchkey.url}/`);
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
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
