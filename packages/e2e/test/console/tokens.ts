import type { Page } from 'playwright-core';
import { settle } from './browser.ts';

/** The page Access tokens in English, as a person uses it. */
export const tokensPage = (page: Page) => {
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
  const choose = async (name: string, item: string) => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  };
  return {
    row,
    choose,
    openPanel: async () => {
      await page.getByRole('button', { name: 'Add access token' }).click();
      await page.getByRole('dialog', { name: 'Add access token' }).waitFor();
    },
    name: () => page.getByRole('dialog').getByRole('textbox', { name: 'Name' }),
    /** Opens the actions of a type of resource, and waits until they stand still. */
    openType: async (type: string) => {
      await page.getByRole('button', { name: type }).click();
      await settle(page);
    },
    /** The preview's heading for a resource that the token will be able to do something on. */
    allowed: (resource: string) => page.getByRole('term').filter({ hasText: `on ${resource}` }),
    issue: async () => {
      await page.getByRole('button', { name: 'Issue token' }).click();
      await page.getByRole('dialog', { name: 'was issued' }).waitFor();
    },
    /** The text in the dialog that reveals it. */
    revealed: async (part: 'Token' | 'Line of an environment file' | 'Try it in a terminal' = 'Token') =>
      (await page.getByRole('region', { name: part, exact: true }).locator('code').textContent()) ?? '',
    copyAndClose: async () => {
      await page.getByRole('button', { name: 'Copy the token' }).click();
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
  };
};

/** Issues a personal token with full access by clicking, and gives its text. */
export const issuePersonal = async (page: Page, name: string): Promise<string> => {
  const tokens = tokensPage(page);
  await tokens.openPanel();
  await tokens.name().fill(name);
  await page.getByRole('radio', { name: 'Full access' }).check();
  await tokens.issue();
  const text = await tokens.revealed();
  await tokens.copyAndClose();
  return text;
};
