import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordMemberRemoved } from '../../src/server/member-removed.ts';
import { issueSignInLink } from '../../src/session/issue-sign-in-link.ts';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let installation: Installation;
let http: HttpServer;
let now = Date.now();
beforeAll(async () => {
  installation = await openInstallation();
  http = await serveHttp(installation.deps, {
    clock: { now: () => now },
    settings: {
      sessionIdleMs: 2 * HOUR,
      sessionAbsoluteMs: 12 * HOUR,
      signInLinkMs: 15 * MINUTE,
      signInAttempts: { count: 1_000, windowMs: MINUTE },
    },
  });
});
afterAll(async () => {
  await http.close();
  await installation.close();
});

const link = async (memberId = 'dana', organizationId = 'acme') =>
  (await issueSignInLink(http.deps, organizationId, memberId)).url;
const open = (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init });
const whoami = async (cookie: string) => fetch(`${http.url}/trpc/self.whoami`, { headers: { cookie } });
const pairOf = (answer: Response) => answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';

describe('a one-time sign-in link', () => {
  it('sets a host-bound cookie and sends the browser to the console', async () => {
    const answer = await open(await link());
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-latchkey=[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=43200$/,
    );
    expect(await (await whoami(pairOf(answer))).json()).toMatchObject({
      result: { data: { type: 'member', organization: { id: 'acme' }, member: { id: 'dana' } } },
    });
  });

  it('answers JSON to whoever accepts JSON, without the secret in the body', async () => {
    const answer = await open(await link('olivia'), { headers: { accept: 'application/json' } });
    const secret = pairOf(answer).split('=')[1] ?? '';
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      signedIn: true,
      organizationId: 'acme',
      member: { id: 'olivia', name: 'Olivia Owner' },
    });
    expect(secret).toHaveLength(43);
    expect(text).not.toContain(secret);
  });

  it('is consumed once: of fifty callers at once one signs in', async () => {
    const url = await link();
    const answers = await Promise.all(Array.from({ length: 50 }, () => open(url)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49);
  });

  it('is not consumed by HEAD, and takes no POST', async () => {
    const url = await link();
    expect((await open(url, { method: 'HEAD' })).status).toBe(200);
    const post = await open(url, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await open(url)).status).toBe(303);
  });

  it.each(['text/html', 'application/json'])(
    'unknown, used, expired and malformed ones get the same bytes (%s)',
    async (accept) => {
      const used = await link();
      await open(used);
      const expired = await link();
      const gone = await link('gina', 'globex');
      now += 15 * MINUTE;
      const urls = [
        used,
        expired,
        gone,
        `${http.url}/sign-in?link=${'A'.repeat(43)}`,
        `${http.url}/sign-in?link=x`,
        `${http.url}/sign-in`,
        `${http.url}/sign-in?link[]=x`,
      ];
      const answers = await Promise.all(
        urls.map(async (url) => {
          const answer = await open(url, { headers: { accept } });
          const headers = [...answer.headers].filter(([name]) => name !== 'date' && name !== 'latchkey-request-id');
          return { status: answer.status, headers, body: await answer.text() };
        }),
      );
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(answers[0]?.status).toBe(401);
      if (accept === 'application/json') {
        expect(JSON.parse(answers[0]?.body ?? '')).toEqual({
          error: { code: 'SIGN_IN_LINK_INVALID', message: expect.any(String) },
        });
      }
    },
  );

  it('signs nobody in who was removed after it was made', async () => {
    const url = await link('quinn', 'globex');
    await remove('globex', 'quinn');
    expect((await open(url)).status).toBe(401);
  });

  it('is audited, with where it was used from, and its secret is nowhere', async () => {
    const url = await link('adam');
    const answer = await open(url, { headers: { 'user-agent': 'browser/1' } });
    const [event] = await installation.deps.store.audit.list('acme', {
      filter: { action: 'member.signed_in', actorId: 'adam' },
      limit: 10,
    });
    expect(event).toMatchObject({ actor: { type: 'member', id: 'adam' }, address: '127.0.0.1', client: 'browser/1' });
    const secrets = [new URL(url).searchParams.get('link') ?? '?', pairOf(answer).split('=')[1] ?? '?'];
    const dump = JSON.stringify(await installation.sql('select * from latchkey.audit_event')) + http.logged();
    for (const secret of secrets) expect(dump).not.toContain(secret);
  });
});

const remove = (organizationId: string, memberId: string) =>
  installation.deps.store.unitOfWork.run(async (tx) => {
    await installation.deps.directory.members.remove(tx, organizationId, memberId);
    await recordMemberRemoved(http.deps, tx, { organizationId, memberId, removedBy: { type: 'operator', id: 'test' } });
  });

describe('a session', () => {
  const expectEnded = async (cookie: string) => {
    const answer = await whoami(cookie);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { data: { code: 'SESSION_EXPIRED' } } });
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-latchkey=; .*Max-Age=0$/);
  };

  it('ends after its idle time, which every call begins anew', async () => {
    const cookie = await http.signIn('acme', 'dana');
    now += 2 * HOUR - 1;
    expect((await whoami(cookie)).status).toBe(200);
    now += 2 * HOUR - 1;
    expect((await whoami(cookie)).status).toBe(200);
    now += 2 * HOUR;
    await expectEnded(cookie);
  });

  it('ends at its absolute time, however much it is used', async () => {
    const cookie = await http.signIn('acme', 'dana');
    for (let hour = 1; hour < 12; hour += 1) {
      now += HOUR;
      expect((await whoami(cookie)).status, `hour ${hour}`).toBe(200);
    }
    now += HOUR;
    await expectEnded(cookie);
  });

  it('ends by signing out, here and for good', async () => {
    const cookie = await http.signIn('acme', 'dana');
    const headers = { cookie, origin: http.url, 'content-type': 'application/json' };
    const answer = await fetch(`${http.url}/trpc/self.signOut`, { method: 'POST', headers, body: '' });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()[0]).toMatch(/Max-Age=0$/);
    await expectEnded(cookie);
  });

  it('gives way to a new one at sign-in: nobody keeps a cookie across it', async () => {
    const before = await http.signIn('acme', 'dana');
    const after = pairOf(await open(await link('olivia'), { headers: { cookie: before } }));
    expect(after).not.toBe(before);
    await expectEnded(before);
    expect((await whoami(after)).status).toBe(200);
  });

  it('of a removed member ends at once', async () => {
    const cookie = await http.signIn('globex', 'paula');
    expect((await whoami(cookie)).status).toBe(200);
    await remove('globex', 'paula');
    await expectEnded(cookie);
  });

  it('ends when the host alone says that its member has gone', async () => {
    const cookie = await http.signIn('globex', 'rita');
    await installation.deps.store.unitOfWork.run((tx) =>
      installation.deps.directory.members.remove(tx, 'globex', 'rita'),
    );
    await expectEnded(cookie);
  });

  it('is stored as a digest only', async () => {
    const cookie = await http.signIn('acme', 'dana');
    const secret = cookie.split('=')[1] ?? '';
    const rows = JSON.stringify(
      await installation.sql("select encode(digest, 'escape') as digest, * from latchkey.session"),
    );
    expect(rows).not.toContain(secret);
    expect(secret).toHaveLength(43);
  });

  it('and a link leave no rows behind once they have ended', async () => {
    const rows = async () => {
      const [counted] = await installation.sql<{ sessions: number; links: number }>(
        `select (select count(*) from latchkey.session)::int as sessions, (select count(*) from latchkey.sign_in_link)::int as links`,
      );
      return counted;
    };
    await http.signIn('acme', 'dana');
    await link();
    expect((await rows())?.links).toBeGreaterThan(1);
    now += 24 * HOUR;
    await http.signIn('acme', 'dana');
    // Those of this last sign-in: a used link is kept until its end, so that it stays a used one.
    expect(await rows()).toEqual({ sessions: 1, links: 1 });
  });

  it('that nobody has begun, or that is no secret at all, is refused like one that has ended', async () => {
    for (const value of ['', 'x', 'A'.repeat(43), '%00', '"quoted"']) await expectEnded(`__Host-latchkey=${value}`);
  });
});

it('sign-in attempts are limited by address, with Retry-After; those that succeed are not counted', async () => {
  const limited = await serveHttp(installation.deps, {
    settings: { signInAttempts: { count: 3, windowMs: HOUR }, trustedProxyCount: 1 },
  });
  const attempt = (address: string, secret = 'A'.repeat(43)) =>
    fetch(`${limited.url}/sign-in?link=${secret}`, {
      redirect: 'manual',
      headers: { 'x-forwarded-for': address, accept: 'application/json' },
    });
  for (let index = 0; index < 5; index += 1) {
    const { url } = await issueSignInLink(limited.deps, 'acme', 'dana');
    expect((await attempt('192.0.2.1', new URL(url).searchParams.get('link') ?? '')).status).toBe(200);
  }
  expect([
    (await attempt('192.0.2.1')).status,
    (await attempt('192.0.2.1')).status,
    (await attempt('192.0.2.1')).status,
  ]).toEqual([401, 401, 401]);
  const refused = await attempt('192.0.2.1');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ error: { code: 'TOO_MANY_REQUESTS' } });
  // What a caller writes into the header itself counts for nothing, and neighbours of one /64 are one.
  expect((await attempt('203.0.113.9, 192.0.2.1')).status).toBe(429);
  for (let index = 1; index <= 3; index += 1) expect((await attempt(`2001:db8:0:1::${index}`)).status).toBe(401);
  expect((await attempt('2001:0db8::1:ffff:0:0:4')).status).toBe(429);
  expect((await attempt('2001:db8:0:2::1')).status).toBe(401);
  await limited.close();
});
