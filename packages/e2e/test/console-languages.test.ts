import { messages } from '@latchkey/web/messages';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executablePath, expectNothingWrong, launchChromium, signIn, type Visit, visit } from './console/browser.ts';
import { FORBIDDEN, flagsOf, UNAUTHORIZED } from './harness/example-service.ts';
import { type Installation, startInstallation } from './harness/installation.ts';

const languages = ['en', 'zh-CN', 'ja'] as const;

describe.skipIf(!executablePath)('the main job by clicking, in each language', () => {
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

  it.each(languages)(
    'issue, demote, promote, deactivate, activate, rotate and remove, then the member: %s',
    async (language) => {
      const m = messages[language];
      const flags = flagsOf(latchkey, 'acme');
      const owner = await latchkey.signIn('acme', 'olivia');
      const name = `Erin ${language}`;
      const { memberId } = await owner.api.members.add.mutate({
        email: `erin-${language}@acme.example`.toLowerCase(),
        name,
        locale: language,
        policyIds: ['developer'],
      });
      const [erin, olivia] = [await visit(browser, latchkey), await visit(browser, latchkey)];
      await olivia.page.addInitScript((chosen) => localStorage.setItem('latchkey.language', chosen), language);
      await signIn(erin.page, latchkey, memberId);
      await signIn(olivia.page, latchkey, 'olivia');
      expect(await erin.page.locator('html').getAttribute('lang')).toBe(language);

      const revealed = async (page: Page) => {
        const code = page.getByRole('region', { name: m.reveal.token, exact: true }).locator('code');
        const text = (await code.textContent()) ?? '';
        await page.getByRole('button', { name: m.reveal.copyToken }).click();
        await page.getByRole('button', { name: m.reveal.done, exact: true }).click();
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        return text;
      };
      const issue = async (
        page: Page,
        token: string,
        kind: 'personal' | 'service',
        ability: 'full_access' | 'write',
      ) => {
        await page.getByRole('button', { name: m.tokens.add }).click();
        const panel = page.getByRole('dialog', { name: m.add.title });
        await panel.getByRole('textbox', { name: m.add.name }).fill(token);
        if (kind === 'service') await panel.getByRole('radio', { name: m.tokens.kinds.service }).check();
        await panel.getByRole('radio', { name: m.add.abilities[ability] }).check();
        await page.getByText(m.add.nameFree).waitFor();
        await page.getByRole('button', { name: m.add.submit }).click();
        await page.getByRole('dialog', { name: m.reveal.issued(token) }).waitFor();
        return revealed(page);
      };
      const choose = async (page: Page, of: string, item: string) => {
        await page.getByRole('button', { name: m.tokens.menu(of), exact: true }).click();
        await page.getByRole('menuitem', { name: item, exact: true }).click();
      };
      const said = (page: Page, text: string) => page.getByRole('status').getByText(text).waitFor();

      const personal = `laptop ${language}`;
      const text = await issue(erin.page, personal, 'personal', 'full_access');
      expect((await flags.toggle(text)).status).toBe(200);
      const service = await issue(olivia.page, `deploy ${language}`, 'service', 'write');

      await olivia.page.getByRole('link', { name: m.frame.members }).click();
      for (const developer of [false, true]) {
        await choose(olivia.page, name, m.members.change);
        const dialog = olivia.page.getByRole('dialog');
        await dialog.getByRole('checkbox', { name: 'Developer' }).setChecked(developer);
        await dialog.getByRole('button', { name: m.common.save, exact: true }).click();
        await dialog.waitFor({ state: 'detached' });
        expect((await flags.toggle(text)).status).toBe(developer ? 200 : 403);
      }

      await choose(erin.page, personal, m.tokens.deactivate);
      await said(erin.page, m.tokens.deactivated(personal));
      expect(await flags.toggle(text)).toMatchObject({ status: 403, body: FORBIDDEN });
      await choose(erin.page, personal, m.tokens.activate);
      await said(erin.page, m.tokens.activated(personal));
      expect((await flags.toggle(text)).status).toBe(200);

      await choose(erin.page, personal, m.tokens.rotate);
      const rotation = erin.page.getByRole('dialog');
      await rotation
        .getByRole('combobox', { name: m.rotate.grace, exact: true })
        .selectOption({ label: m.rotate.graceNone });
      await rotation.getByRole('button', { name: m.rotate.submit, exact: true }).click();
      await erin.page.getByRole('dialog', { name: m.reveal.rotated(personal) }).waitFor();
      const rotated = await revealed(erin.page);
      expect(await flags.toggle(text)).toMatchObject({ status: 401, body: UNAUTHORIZED });
      expect((await flags.toggle(rotated)).status).toBe(200);

      await choose(erin.page, personal, m.tokens.remove);
      const removal = erin.page.getByRole('dialog', { name: m.remove.title(personal) });
      await removal.getByRole('button', { name: m.remove.submit, exact: true }).click();
      await said(erin.page, m.tokens.removed(personal));
      expect(await flags.toggle(rotated)).toMatchObject({ status: 401, body: UNAUTHORIZED });

      const last = await issue(erin.page, `last ${language}`, 'personal', 'full_access');
      await choose(olivia.page, name, m.members.remove);
      await olivia.page.getByRole('dialog').getByText(`last ${language}`).waitFor();
      await olivia.page.getByRole('button', { name: m.members.removeSubmit }).click();
      await said(olivia.page, m.members.removed(name));
      expect(await flags.toggle(last)).toMatchObject({ status: 403, body: FORBIDDEN });
      expect((await flags.toggle(service)).status).toBe(200);

      for (const visitor of [erin, olivia] as Visit[]) {
        expectNothingWrong(visitor);
        await visitor.context.close();
      }
    },
  );
});
