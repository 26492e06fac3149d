import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, startInstallation } from './harness/installation.ts';

let latchkey: Installation;
let boardUrl: string;
beforeAll(async () => {
  latchkey = await startInstallation();
  const worker = await latchkey.startWorker({
    LATCHKEY_PUBLIC_URL: latchkey.url,
    LATCHKEY_BOARD_PORT: '0',
    LATCHKEY_BOARD_ORGANIZATION: 'acme',
  });
  const line = worker
    .output()
    .split('\n')
    .find((text) => text.includes('"msg":"board served"'));
  const { port } = JSON.parse(line ?? '{}') as { port: number };
  boardUrl = `http://127.0.0.1:${port}/jobs`;
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
