import { findFreePort } from '@latchkey/embedded';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { executablePath, expectNothingWrong, launchChromium, signIn, visit } from './console/browser.ts';
import { type Installation, startInstallation } from './harness/installation.ts';
import { until } from './harness/program.ts';

let latchkey: Installation;
let boardUrl: string;
beforeAll(async () => {
  const port = await findFreePort();
  boardUrl = `http://127.0.0.1:${port}/jobs`;
  latchkey = await startInstallation({
    env: { LATCHKEY_BOARD_URL: boardUrl, LATCHKEY_BOARD_ORGANIZATION: 'acme' },
  });
  await latchkey.startWorker({
    LATCHKEY_PUBLIC_URL: latchkey.url,
    LATCHKEY_BOARD_PORT: String(port),
    LATCHKEY_BOARD_ORGANIZATION: 'acme',
  });
});
afterAll(() => latchkey?.stop());

const statusFor = async (headers: Readonly<Record<string, string>>) =>
  (await fetch(`${boardUrl}/api/queues`, { headers, redirect: 'manual' })).status;

it('the jobs are shown to whoever signed in to the console as an administrator, until they sign out, and to nobody else', async () => {
  const olivia = await latchkey.signIn('acme', 'olivia');
  const dana = await latchkey.signIn('acme', 'dana');
  expect(await statusFor({ cookie: olivia.cookie })).toBe(200);
  expect(await statusFor({ cookie: dana.cookie })).toBe(403);
  expect(await statusFor({})).toBe(401);
  // A token is no sign-in, whosever it is.
  expect(await statusFor({ authorization: `Bearer ${latchkey.demoToken}` })).toBe(401);
  expect(await (await fetch(boardUrl, { headers: { cookie: olivia.cookie } })).text()).toContain('Latchkey jobs');
  await olivia.api.self.signOut.mutate();
  expect(await statusFor({ cookie: olivia.cookie })).toBe(401);
});

it.skipIf(!executablePath)('the console leads its administrators there, and shows others no link', async () => {
  const browser = await launchChromium();
  try {
    const olivia = await visit(browser, latchkey);
    await signIn(olivia.page, latchkey, 'olivia');
    const link = olivia.page.getByRole('link', { name: 'Background jobs' });
    expect(await link.getAttribute('href')).toBe(boardUrl);
    expectNothingWrong(olivia);
    await link.click();
    await olivia.page.waitForURL((url) => url.href.startsWith(boardUrl), { waitUntil: 'domcontentloaded' });
    expect(await olivia.page.title()).toContain('Latchkey jobs');
    const dana = await visit(browser, latchkey);
    await signIn(dana.page, latchkey, 'dana');
    // In Dana's language: it is known by where it leads.
    const places = dana.page.getByRole('navigation').getByRole('link');
    await until(async () => (await places.count()) > 3);
    expect(await Promise.all((await places.all()).map((each) => each.getAttribute('href')))).not.toContain(boardUrl);
  } finally {
    await browser.close();
  }
});
