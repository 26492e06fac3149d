import { messages } from '@latchkey/web/messages';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  executablePath,
  expectNothingWrong,
  launchChromium,
  settle,
  signIn,
  type Visit,
  visit,
} from './console/browser.ts';
import { tokensPage } from './console/tokens.ts';
import { type Installation, startInstallation } from './harness/installation.ts';

/** Whatever is drawn as nothing or turns direction, but for the isolates that the console itself puts around a name. */
const HIDDEN =
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2067\\ufeff]';

describe.skipIf(!executablePath)('texts that somebody else chose, in the console', () => {
  let latchkey: Installation;
  let browser: Browser;
  let olivia: Visit;
  let page: Page;
  beforeAll(async () => {
    latchkey = await startInstallation();
    browser = await launchChromium();
    const { api } = await latchkey.signIn('acme', 'olivia');
    for (const name of ['turned', 'hidden', 'control', 'from the right']) await api.tokens.issue.mutate({ name });
    olivia = await visit(browser, latchkey);
    ({ page } = olivia);
    await signIn(page, latchkey, 'olivia');
  });
  afterAll(async () => {
    await browser?.close();
    await latchkey?.stop();
  });

  /** Past the API, which takes no such name: as a host has them, or a row of before. */
  const rename = (from: string, to: string) =>
    latchkey.admin.query(
      `update latchkey.token set name = $2, name_key = $2 where organization_id = 'acme' and name = $1`,
      [from, to],
    );
  const hiddenOnPage = () =>
    page.evaluate(
      `(() => {
        const hidden = new RegExp(${JSON.stringify(HIDDEN)}, 'u');
        const texts = [document.body.textContent, document.title];
        for (const each of document.querySelectorAll('*')) for (const { value } of each.attributes) texts.push(value);
        return texts.filter((text) => hidden.test(text));
      })()`,
    );

  it('a name that turns, hides or controls is shown with the numbers of those characters, wherever it stands', async () => {
    await rename('turned', 'report\u202egnp.exe');
    await rename('hidden', 'dep\u200bloy\ufeff');
    await rename('control', 'bell\u0007\u001b[31m');
    await latchkey.admin.query(
      `update iam.member set name = $1 where organization_id = 'acme' and member_id = 'dana'`,
      ['Dana\u2067 Developer'],
    );
    await page.reload();
    const tokens = tokensPage(page);
    for (const seen of ['report‹U+202E›gnp.exe', 'dep‹U+200B›loy‹U+FEFF›', 'bell‹U+0007›‹U+001B›[31m']) {
      await tokens.row(seen).waitFor();
      await page.getByRole('button', { name: `Actions for ${seen}` }).waitFor();
    }
    expect(await hiddenOnPage()).toEqual([]);
    await tokens.choose('report‹U+202E›gnp.exe', 'Remove');
    await page.getByRole('dialog', { name: 'report‹U+202E›gnp.exe' }).waitFor();
    expect(await hiddenOnPage()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('rowheader', { name: 'Dana‹U+2067› Developer' }).waitFor();
    expect(await hiddenOnPage()).toEqual([]);
    expectNothingWrong(olivia);
  });

  it('a name that is written from the right turns nothing around it: isolated in its cell and in every sentence', async () => {
    await page.getByRole('link', { name: 'Access tokens' }).click();
    await rename('from the right', 'פריסה 2');
    await page.reload();
    const tokens = tokensPage(page);
    await tokens.row('פריסה 2').waitFor();
    const shownAs = await page.evaluate(
      `getComputedStyle([...document.querySelectorAll('bdi')].find((each) => each.textContent === 'פריסה 2')).unicodeBidi`,
    );
    expect(shownAs).toBe('isolate');
    const labels = await page.evaluate(
      `[...document.querySelectorAll('[data-menu-of]')].map((each) => each.ariaLabel)`,
    );
    expect(labels).toContain('Actions for \u2068פריסה 2\u2069');
    expectNothingWrong(olivia);
  });

  it('what stands in the audit trail is shown by the same rule', async () => {
    await latchkey.admin.query(
      `insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, reason, details)
       values ('acme', clock_timestamp(), 'member', 'olivia', 'token.revoked', 'token', 'gone', $1, $2)`,
      ['left\u202e\u0085team', JSON.stringify({ note: 'zero\u200bwidth' })],
    );
    await page.goto(`${latchkey.url}/audit`);
    await page.getByText('left‹U+202E›‹U+0085›team').waitFor();
    expect(await hiddenOnPage()).toEqual([]);
    expectNothingWrong(olivia);
  });

  it.each(['en', 'zh-CN', 'ja'] as const)(
    'where retention has removed events, the audit page says how many and until when: %s',
    async (language) => {
      const m = messages[language];
      await latchkey.admin.query(
        `insert into latchkey.audit_stub (organization_id, last_number, first_number, event_count, last_link, last_sealed_at,
                                        dropped_at, link, mac, key_id)
       values ('acme', 41, 1, 41, sha256('a'), '2025-01-30T12:00:00Z', '2026-02-03T12:00:00Z', sha256('b'), sha256('c'), 'audit-1')
       on conflict do nothing`,
      );
      await page.evaluate(`localStorage.setItem('latchkey.language', '${language}')`);
      await page.goto(`${latchkey.url}/audit`);
      await page.getByRole('heading', { name: m.audit.title, level: 1 }).waitFor();
      const day = (iso: string) => new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(new Date(iso));
      const notice = page.getByText(m.audit.dropped(41, day('2025-01-30T12:00:00Z'), day('2026-02-03T12:00:00Z')));
      await notice.waitFor();
      await settle(page);
      // TENANT-WALL: another organization's trail has lost nothing.
      const gina = await visit(browser, latchkey);
      await gina.page.addInitScript((chosen) => localStorage.setItem('latchkey.language', chosen), language);
      await signIn(gina.page, latchkey, 'gina', 'globex');
      await gina.page.goto(`${latchkey.url}/audit`);
      await gina.page.getByRole('table').waitFor();
      expect(await gina.page.getByText('41', { exact: false }).count()).toBe(0);
      await gina.context.close();
      expectNothingWrong(olivia);
    },
  );
});
