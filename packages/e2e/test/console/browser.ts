import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from '@latchkey/embedded';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Installation } from '../harness/installation.ts';
import { until } from '../harness/program.ts';

export const executablePath = await findChromium();

/** Where pictures of the pages are kept. */
export const output = fileURLToPath(new URL('../../test-output/', import.meta.url));

export const launchChromium = async (): Promise<Browser> => {
  mkdirSync(output, { recursive: true });
  return chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
};

/** A browser of its own for one person, and everything that went wrong in it. */
export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the console and of scripts, and refusals of the Content Security Policy; 401s that are expected excepted. */
  readonly complaints: readonly string[];
  /** Everything that any script has written to the console. */
  readonly written: readonly string[];
  /** Requests to anywhere else. */
  readonly elsewhere: readonly string[];
  readonly open: () => Promise<Page>;
}

export const visit = async (
  browser: Browser,
  latchkey: Pick<Installation, 'url'>,
  options: { readonly locale?: string; readonly colorScheme?: 'light' | 'dark' } = {},
): Promise<Visit> => {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    timezoneId: 'Asia/Tokyo',
    ...options,
  });
  context.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  const written: string[] = [];
  const elsewhere: string[] = [];
  const watch = (page: Page) => {
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      written.push(message.text());
      // The browser itself says of every refused call that it was refused.
      const isRefusal = message.text().startsWith('Failed to load resource: the server responded with a status of 4');
      if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(latchkey.url)) elsewhere.push(request.url());
    });
  };
  context.on('page', watch);
  const page = await context.newPage();
  return { context, page, complaints, written, elsewhere, open: () => context.newPage() };
};

/** Opens a one-time link, as somebody who was sent one does. */
export const signIn = async (
  page: Page,
  latchkey: Pick<Installation, 'server' | 'url'>,
  memberId: string,
  organizationId = 'acme',
): Promise<void> => {
  const made = await latchkey.server('sign-in-link', '--organization', organizationId, '--member', memberId, '--json');
  await page.goto((JSON.parse(made) as { url: string }).url);
  await page.waitForURL(`${latchkey.url}/integrations/access-tokens`);
  await page.locator('h1').waitFor();
};

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** What axe-core finds on the page as it stands that is serious or critical. Evaluated from outside: no policy is weakened. */
export const seriousFindings = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResult;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
};

/** Waits until an expression is true of the page. Playwright's own way needs `eval` in the page, which its policy refuses. */
export const untilTrue = (page: Page, expression: string): Promise<void> =>
  until(async () => (await page.evaluate(expression)) === true, 10_000);

/** Waits until what moves has come to rest: a picture or a measurement in between shows neither. */
export const settle = (page: Page): Promise<void> =>
  untilTrue(
    page,
    `document.fonts.status === 'loaded' && document.getAnimations().every((each) => each.playState !== 'running')
      && !document.querySelector('[aria-busy="true"]')`,
  );

export const expectNothingWrong = ({ complaints, elsewhere }: Visit): void => {
  expect(complaints).toEqual([]);
  expect(elsewhere).toEqual([]);
};
