import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executablePath, expectNothingWrong, launchChromium, signIn, type Visit, visit } from './console/browser.ts';
import { tokensPage } from './console/tokens.ts';
import { type Installation, startInstallation } from './harness/installation.ts';

/** All that a page keeps and that a script or a person could find again. As text: it runs in the browser, not here. */
const KEPT = `(async () => ({
  html: document.documentElement.outerHTML,
  values: [...document.querySelectorAll('input, textarea')].map((each) => each.value),
  title: document.title,
  address: location.href,
  history: history.state,
  local: Object.entries(localStorage),
  session: Object.entries(sessionStorage),
  cookie: document.cookie,
  name: window.name,
  databases: await indexedDB.databases(),
  caches: await caches.keys(),
  requested: performance.getEntriesByType('resource').map(({ name }) => name),
}))()`;

const keptBy = async (page: Page): Promise<string> => JSON.stringify(await page.evaluate(KEPT));

describe.skipIf(!executablePath)('a secret in the console (SECRET-ONCE)', () => {
  let latchkey: Installation;
  let browser: Browser;
  let visitor: Visit;
  beforeAll(async () => {
    latchkey = await startInstallation();
    browser = await launchChromium();
    visitor = await visit(browser, latchkey);
    await signIn(visitor.page, latchkey, 'olivia');
  });
  afterAll(async () => {
    await browser?.close();
    await latchkey?.stop();
  });

  const issue = async (name: string) => {
    const tokens = tokensPage(visitor.page);
    await tokens.openPanel();
    await tokens.name().fill(name);
    await tokens.issue();
    return tokens.revealed();
  };
  /** The secret part: ids stand on the page for good. */
  const secretOf = (text: string) => text.split('_')[3]?.slice(0, 37) ?? '';

  it('is shown once, and after its dialog is left it is nowhere: page, storage, history, log, memory of the page', async () => {
    const { page, written } = visitor;
    const secret = secretOf(await issue('canary'));
    expect(secret).toHaveLength(37);
    expect(await keptBy(page)).toContain(secret);
    await page.getByRole('button', { name: 'Copy the token' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await keptBy(page)).not.toContain(secret);
    for (const way of ['goBack', 'goForward', 'reload'] as const) {
      await page[way]();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await keptBy(page)).not.toContain(secret);
    }
    expect(written.join('\n')).not.toContain(secret);
    expect(latchkey.logs()).not.toContain(secret);
  });

  it('is in none of the caches of the query library, whose contents a page could be asked for', async () => {
    const { page } = visitor;
    const secret = secretOf(await issue('canary of the heap'));
    await page.getByRole('button', { name: 'Copy the token' }).click();
    await page.evaluate('navigator.clipboard.writeText("something else")');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // Another page and another render, so that React lets go of the tree before.
    await page.getByRole('link', { name: 'Policies' }).click();
    await page.getByRole('heading', { name: 'Policies' }).waitFor();
    await page.getByRole('link', { name: 'Access tokens' }).click();
    await page.getByRole('heading', { name: 'Access tokens' }).waitFor();
    const client = await visitor.context.newCDPSession(page);
    await client.send('HeapProfiler.collectGarbage');
    let heap = '';
    client.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
      heap += chunk;
    });
    await client.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    expect(heap).toContain('canary of the heap');
    expect(heap).not.toContain(secret);
  });

  it('asks before it is closed uncopied, by every way out', async () => {
    const { page } = visitor;
    const text = await issue('not copied');
    const dialog = page.getByRole('dialog', { name: 'not copied was issued' });
    const asked = dialog.getByRole('alert').getByText('You have not copied the token');
    for (const leave of [
      () => page.keyboard.press('Escape'),
      () => dialog.getByRole('button', { name: 'Done' }).click(),
      () => dialog.getByRole('button', { name: 'Close', exact: true }).click(),
    ]) {
      await leave();
      await asked.waitFor();
      await dialog.getByRole('button', { name: 'Go back' }).click();
      await asked.waitFor({ state: 'detached' });
    }
    await page.mouse.click(5, 5);
    await page.goBack();
    expect(await tokensPage(page).revealed()).toBe(text);

    const leaving = page.waitForEvent('dialog');
    // Never ends: the page stays.
    page.reload().catch(() => undefined);
    const question = await leaving;
    expect(question.type()).toBe('beforeunload');
    await question.dismiss();
    expect(await tokensPage(page).revealed()).toBe(text);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.getByRole('button', { name: 'Close without copying' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await keptBy(page)).not.toContain(secretOf(text));
  });

  it('counts as copied where somebody selects and copies it by hand', async () => {
    const { page } = visitor;
    await page.goto(`${latchkey.url}/integrations/access-tokens`);
    const text = await issue('by hand');
    await page.getByRole('region', { name: 'Token', exact: true }).locator('code').click();
    await page.keyboard.press('Control+C');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(text);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expectNothingWrong(visitor);
  });
});
