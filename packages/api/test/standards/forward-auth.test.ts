import { StoreUnavailable } from '@latchkey/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let http: HttpServer;
let verifier: string;
let token: { readonly text: string; readonly id: string };
beforeAll(async () => {
  installation = await openInstallation();
  http = await serveHttp(installation.deps);
  verifier = await credential(null);
  token = await issue('good 名', { project: 'shop' });
});
afterAll(async () => {
  await http?.close();
  await installation?.close();
});

const credential = async (organizationIds: readonly string[] | null) =>
  (await issueVerifierCredential(installation.deps, { name: 'proxy', organizationIds })).text;
const issue = async (name: string, more: object = {}) => {
  const issued = await (await installation.member('acme', 'dana')).tokens.issue({ name, ...more });
  return { text: issued.tokenText, id: issued.token.tokenId };
};
const ask = (headers: Record<string, string> = {}, path = '/forward-auth', method = 'GET') =>
  fetch(`${http.url}${path}`, { method, headers: { 'latchkey-verifier': verifier, ...headers } });
const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

const IDENTITY = ['token-id', 'token-kind', 'token-name', 'organization', 'project', 'owner'].map(
  (name) => `latchkey-${name}`,
);
const identityOf = (answer: Response) => IDENTITY.map((name) => answer.headers.get(name));
const NOBODY = IDENTITY.map(() => '');

const TOGGLE = 'action=ToggleFlag&resource=project/shop:env/dev:flag/checkout';
const FORBIDDEN = 'action=DeleteProject&resource=project/shop';

describe('a proxy that asks with its verifier credential', () => {
  it.each(['GET', 'POST', 'DELETE', 'OPTIONS'])(
    'is told who a good token is, whatever the method: %s',
    async (method) => {
      const answer = await ask(bearer(token.text), '/forward-auth', method);
      expect([answer.status, await answer.text()]).toEqual([200, '']);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(identityOf(answer)).toEqual([token.id, 'personal', 'good %E5%90%8D', 'acme', 'shop', 'dana']);
    },
  );

  it('gets every identity header with every answer, so that what a caller sent is overwritten', async () => {
    const service = await (await installation.member('acme', 'olivia')).tokens.issue({
      kind: 'service',
      name: 'service',
      permissions: { type: 'ability', ability: 'read' },
    });
    const { token: issued, tokenText } = service;
    expect(identityOf(await ask(bearer(tokenText)))).toEqual([issued.tokenId, 'service', 'service', 'acme', '', '']);
    for (const [status, headers, path] of [
      [401, {}, '/forward-auth'],
      [401, bearer('x'), '/forward-auth'],
      [400, { 'x-api-key': token.text }, '/forward-auth'],
      [400, bearer(token.text), '/forward-auth?action=ToggleFlag'],
      [403, bearer(token.text), `/forward-auth?${FORBIDDEN}`],
      [403, { ...bearer(token.text), 'latchkey-verifier': 'x' }, '/forward-auth'],
    ] as const) {
      const answer = await ask({ ...headers, 'latchkey-owner': 'olivia', 'latchkey-organization': 'globex' }, path);
      expect(answer.status).toBe(status);
      expect(identityOf(answer)).toEqual(NOBODY);
    }
  });

  it('passes on the answers of the table that stands for all of Latchkey', async () => {
    const nobody = await ask();
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await nobody.text()).toBe('{"success":false,"errors":["Unauthorized"],"data":null}');
    const wrong = await ask(bearer('x'));
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
    const problem = await ask({ accept: 'application/problem+json' });
    expect(problem.headers.get('content-type')).toBe('application/problem+json');
    const inactive = await issue('inactive');
    await (await installation.member('acme', 'dana')).tokens.deactivate({ tokenId: inactive.id });
    expect((await ask(bearer(inactive.text))).status).toBe(403);
  });

  it('is told which permission is missing', async () => {
    const answer = await ask(bearer(token.text), `/forward-auth?${FORBIDDEN}`);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
    expect(answer.headers.get('latchkey-missing-permission')).toBe('DeleteProject project/shop');
    expect((await ask(bearer(token.text), `/forward-auth?${TOGGLE}`)).status).toBe(200);
  });

  it('is answered in the order of its requests where it sends several at once on one connection', async () => {
    const lines = (text: string, end: string) =>
      [
        'GET /forward-auth HTTP/1.1',
        'Host: x',
        `Latchkey-Verifier: ${verifier}`,
        `Authorization: ${text}`,
        end,
        '',
      ].join('\r\n');
    const texts = ['lk_pat_nobody', token.text, 'lk_pat_nobody', token.text];
    const sent = texts.map((text, i) => lines(text, i === texts.length - 1 ? 'Connection: close\r\n' : ''));
    const answers = await http.raw(sent.join(''));
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual([401, 200, 401, 200].map((status) => `HTTP/1.1 ${status}`));
  });

  it('TENANT-WALL: hears nothing of the tokens of organizations that it was not made for', async () => {
    const elsewhere = await ask({ ...bearer(token.text), 'latchkey-verifier': await credential(['globex']) });
    const made = await ask(bearer('made up'));
    expect([elsewhere.status, await elsewhere.text()]).toEqual([made.status, await made.text()]);
    expect(identityOf(elsewhere)).toEqual(NOBODY);
  });
});

describe('DEFAULT-DENY: nobody else is told anything', () => {
  it.each([
    ['nothing', {}],
    ['an organization’s token', { 'latchkey-verifier': 'TOKEN' }],
    ['a made-up credential', { 'latchkey-verifier': 'lk_sys_0000000000000000_x' }],
    ['the credential in the place of the token', { authorization: 'VERIFIER' }],
  ])('%s', async (_, headers) => {
    const given = Object.entries(headers).map(([name, value]) => [
      name,
      value.replace('TOKEN', token.text).replace('VERIFIER', `Bearer ${verifier}`),
    ]);
    const answer = await fetch(`${http.url}/forward-auth`, {
      headers: { ...bearer(token.text), ...Object.fromEntries(given) },
    });
    // Not 401: a proxy would pass that on to the holder of a good token.
    expect([answer.status, await answer.text()]).toEqual([403, '{"success":false,"errors":["Forbidden"],"data":null}']);
    expect(identityOf(answer)).toEqual(NOBODY);
  });

  it('a credential of another role', async () => {
    const { store } = installation.deps;
    const lookUp: typeof store.credentials.lookUp = async (credentialId) => {
      const found = await store.credentials.lookUp(credentialId);
      return found && { ...found, credential: { ...found.credential, role: 'operator' } };
    };
    const credentials = { ...store.credentials, lookUp };
    const other = await serveHttp({ ...installation.deps, store: { ...store, credentials } });
    try {
      const headers = { ...bearer(token.text), 'latchkey-verifier': verifier };
      expect((await fetch(`${other.url}/forward-auth`, { headers })).status).toBe(403);
      const body = new URLSearchParams({ token: token.text });
      const introspection = { method: 'POST', body, headers: bearer(verifier) };
      expect((await fetch(`${other.url}/oauth/introspect`, introspection)).status).toBe(403);
    } finally {
      await other.close();
    }
  });

  it('two of them: one of them is the caller’s', async () => {
    const answer = await http.raw(
      `GET /forward-auth HTTP/1.1\r\nHost: x\r\nAuthorization: ${token.text}\r\nLatchkey-Verifier: ${verifier}\r\nLatchkey-Verifier: ${verifier}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('a session of a member', async () => {
    const cookie = await http.signIn('acme', 'olivia');
    expect((await fetch(`${http.url}/forward-auth`, { headers: { cookie } })).status).toBe(403);
  });
});

describe('what a caller adds can only be to its own loss', () => {
  const ALLOWED = { 'latchkey-action': 'ToggleFlag', 'latchkey-resource': 'project/shop:env/dev:flag/checkout' };
  const DENIED = { 'latchkey-action': 'DeleteProject', 'latchkey-resource': 'project/shop' };

  it.each([
    ['headers beside the query', `?${FORBIDDEN}`, ALLOWED, 403],
    ['the query beside headers', `?${TOGGLE}`, DENIED, 403],
    ['both, allowed', `?${TOGGLE}`, ALLOWED, 200],
    ['headers alone', '', ALLOWED, 200],
    ['headers alone, not allowed', '', DENIED, 403],
    ['half of a demand', '?action=ToggleFlag', {}, 400],
    ['half of a demand in headers', '', { 'latchkey-resource': 'project/shop' }, 400],
    ['one part here and one there', '?action=ToggleFlag', { 'latchkey-resource': 'project/shop' }, 400],
    ['a demand twice', `?${TOGGLE}&${TOGGLE}`, {}, 400],
    ['an empty demand', '?action=&resource=', {}, 400],
    ['a demand longer than any', `?action=${'x'.repeat(600)}&resource=project/shop`, {}, 400],
  ])('%s', async (_, query, headers, status) => {
    expect((await ask({ ...bearer(token.text), ...headers }, `/forward-auth${query}`)).status).toBe(status);
  });

  it("behind /prefix/ path and query are the caller's and demand nothing", async () => {
    for (const [path, status] of [
      ['/forward-auth/prefix/', 200],
      [`/forward-auth/prefix/wp-admin?action=edit`, 200],
      [`/forward-auth/prefix/?${TOGGLE}`, 200],
      [`/forward-auth/prefix/forward-auth?${FORBIDDEN}`, 200],
      [`/forward-auth/prefix/x?access_token=${token.text}`, 400],
    ] as const) {
      expect([path, (await ask(bearer(token.text), path)).status]).toEqual([path, status]);
    }
    // The proxy's own demand goes with headers there, and no query weakens it.
    const headers = { ...bearer(token.text), ...DENIED };
    expect((await ask(headers, `/forward-auth/prefix/flags?${TOGGLE}`)).status).toBe(403);
  });
});

describe('FAIL-CLOSED: an address that is not understood to its end lets nobody in, however good the token', () => {
  it.each([
    ['a slash too many', `/forward-auth/?${FORBIDDEN}`, 400],
    ['the same, with nothing demanded', '/forward-auth/', 400],
    ['a path of its own', `/forward-auth/flags?${FORBIDDEN}`, 400],
    ['the prefix without what comes behind it', `/forward-auth/prefix?${FORBIDDEN}`, 400],
    ['a second question mark', `/forward-auth?action=ToggleFlag&resource=project/shop:env/dev:flag/a?b`, 400],
    ['two queries', `/forward-auth?${TOGGLE}?${FORBIDDEN}`, 400],
    ['a query that has lost its text', '/forward-auth?', 400],
    ['a misspelt demand', `/forward-auth?actoin=DeleteProject&resuorce=project/shop`, 400],
    ['something beside the demand', `/forward-auth?${TOGGLE}&tenant=acme`, 400],
    ['a percent sign that begins nothing', '/forward-auth?action=ToggleFlag&resource=project/%shop', 400],
    ['bytes that are no text', '/forward-auth?action=ToggleFlag&resource=project/%ff', 400],
    ['another address', `/forward-authx?${TOGGLE}`, 404],
  ] as const)('%s', async (_, path, status) => {
    const answer = await ask(bearer(token.text), path);
    expect(answer.status).toBe(status);
    if (status === 400) expect(identityOf(answer)).toEqual(NOBODY);
  });

  it.each([
    ['in absolute form', `http://x/forward-auth?${FORBIDDEN}`],
    ['with a fragment', `/forward-auth#?${FORBIDDEN}`],
    ['with bytes beyond ASCII', `/forward-auth?action=ToggleFlag&resource=project/sh\xf6p`],
  ])('%s', async (_, target) => {
    const answer = await http.raw(
      `GET ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: ${token.text}\r\nLatchkey-Verifier: ${verifier}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 40[034] /);
  });
});

describe("the holder's address is the one that the proxy states", () => {
  let ranged: { readonly text: string };
  beforeAll(async () => {
    ranged = await issue('ranged', { addressRanges: ['192.0.2.0/24', '127.0.0.0/8'] });
  });
  it.each([
    ['within', '192.0.2.7', 200],
    ['outside', '198.51.100.7', 403],
    ['what the caller wrote to the left counts for nothing', '192.0.2.7, 198.51.100.7', 403],
    ['no address', 'unknown', 403],
  ])('%s', async (_, forwarded, status) => {
    expect((await ask({ ...bearer(ranged.text), 'x-forwarded-for': forwarded })).status).toBe(status);
  });

  it('FAIL-CLOSED: a proxy that states none does not lend its own', async () => {
    expect((await ask(bearer(ranged.text))).status).toBe(403);
  });

  it('through the proxies in front of Latchkey it is found one further to the left', async () => {
    const behind = await serveHttp(installation.deps, { settings: { trustedProxyCount: 1 } });
    try {
      const asked = async (forwarded: string) => {
        const headers = { 'latchkey-verifier': verifier, ...bearer(ranged.text), 'x-forwarded-for': forwarded };
        return (await fetch(`${behind.url}/forward-auth`, { headers })).status;
      };
      expect(await asked('192.0.2.7, 10.0.0.1')).toBe(200);
      expect(await asked('198.51.100.7, 192.0.2.7')).toBe(403);
      expect(await asked('192.0.2.7')).toBe(403);
    } finally {
      await behind.close();
    }
  });
});

describe('FAIL-CLOSED', () => {
  it('an outage is 503 with every identity header empty', async () => {
    const lookUp = () => Promise.reject(new StoreUnavailable('gone'));
    const { store } = installation.deps;
    const broken = await serveHttp({ ...installation.deps, store: { ...store, tokens: { ...store.tokens, lookUp } } });
    try {
      const answer = await fetch(`${broken.url}/forward-auth`, {
        headers: { 'latchkey-verifier': verifier, ...bearer(token.text) },
      });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(identityOf(answer)).toEqual(NOBODY);
    } finally {
      await broken.close();
    }
  });

  it('SECRET-ONCE: neither credential is logged', () => {
    expect(http.logged()).toContain('/forward-auth');
    for (const text of [token.text, verifier]) expect(http.logged()).not.toContain(text);
  });
});
