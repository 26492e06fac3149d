import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let demo: HttpServer;
let real: HttpServer;
beforeAll(async () => {
  installation = await openInstallation();
  demo = await serveHttp(installation.deps, { settings: { demo: true } });
  real = await serveHttp(installation.deps);
});
afterAll(async () => {
  await demo.close();
  await real.close();
  await installation.close();
});

const signInAs = (http: HttpServer, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${http.url}/sign-in-as`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: http.url, ...headers },
    body: JSON.stringify(body),
  });
const offered = async (http: HttpServer) =>
  ((await (await fetch(`${http.url}/trpc/system.demo`)).json()) as { result: { data: unknown } }).result.data;

const dana = { organizationId: 'acme', memberId: 'dana' };

describe('signing in as a member of the demo', () => {
  it('is offered, and begins a session that is audited as what it is', async () => {
    expect(await offered(demo)).toMatchObject({
      demo: true,
      signInAs: expect.arrayContaining([expect.objectContaining({ memberId: 'dana', roles: ['Developer'] })]),
    });
    const answer = await signInAs(demo, dana);
    expect([answer.status, await answer.json()]).toEqual([200, { signedIn: true }]);
    const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    const who = await fetch(`${demo.url}/trpc/self.whoami`, { headers: { cookie } });
    expect(await who.json()).toMatchObject({ result: { data: { member: { id: 'dana' } } } });
    const owner = await installation.member('acme', 'olivia');
    const { items } = await owner.audit.list({ action: 'member.signed_in', actorId: 'dana' });
    expect(items[0]?.details).toEqual({ by: 'demo' });
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a name that was pointed at this machine', { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' }],
    ['nobody who says where from', { origin: '' }],
  ])('takes nothing from %s', async (_, headers) => {
    const answer = await signInAs(demo, dana, headers as Record<string, string>);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
  });

  it.each([
    ['a stranger', { organizationId: 'acme', memberId: 'nobody' }, 404],
    ["another organization's member", { organizationId: 'globex', memberId: 'dana' }, 404],
    ['an unknown field', { ...dana, role: 'Owner' }, 400],
    ['no object', 'dana', 400],
  ])('refuses %s', async (_, body, status) => {
    const answer = await signInAs(demo, body);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([status, []]);
  });

  it('does not exist outside of the demo, and nobody is listed', async () => {
    expect(await offered(real)).toEqual({ demo: false, signInAs: [] });
    const answer = await signInAs(real, dana);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([404, []]);
  });
});
