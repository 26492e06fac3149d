import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let http: HttpServer;
let cookie: string;
let token: string;
beforeAll(async () => {
  installation = await openInstallation();
  http = await serveHttp(installation.deps);
  cookie = await http.signIn('acme', 'dana');
  token = (await (await installation.member('acme', 'dana')).tokens.issue({ name: 'script' })).tokenText;
});
afterAll(async () => {
  await http.close();
  await installation.close();
});

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (body: string, headers: Record<string, string>, path = 'tokens.issue') =>
  fetch(`${http.url}/trpc/${path}`, { method: 'POST', body, headers });
const asToken = (headers: Record<string, string>) => ({ authorization: `Bearer ${token}`, ...headers });
const codeOf = async (answer: Response) => {
  const { error } = (await answer.json()) as { error: { data: { code: string } } };
  return [answer.status, error.data.code];
};

const names = async () => {
  const rows = await installation.sql<{ name: string }>('select name from latchkey.token order by name');
  return rows.map(({ name }) => name);
};

describe('a body that is no JSON is refused before a procedure runs', () => {
  it.each([
    ['no content type', {}, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['text/plain', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['multipart', { 'content-type': 'multipart/form-data; boundary=b' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['octets', { 'content-type': 'application/octet-stream' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a type that only begins like JSON', { 'content-type': 'application/json-seq' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['compression', { ...JSON_TYPE, 'content-encoding': 'gzip' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ] as const)('%s', async (_, headers, status, code) => {
    const before = await names();
    const sent = new TextEncoder().encode('{"name":"from a form"}');
    const answer = await fetch(`${http.url}/trpc/tokens.issue`, {
      method: 'POST',
      body: sent,
      headers: asToken(headers),
    });
    expect(await codeOf(answer)).toEqual([status, code]);
    expect(await names()).toEqual(before);
  });

  it('bad JSON, in a body and in a query, has one code', async () => {
    for (const body of ['{"name":', '{name:1}', "{'name':1}", '\u0000', 'undefined']) {
      expect(await codeOf(await post(body, asToken(JSON_TYPE)))).toEqual([400, 'BAD_JSON']);
    }
    const answer = await fetch(`${http.url}/trpc/tokens.list?input=%7B`, { headers: asToken({}) });
    expect(await codeOf(answer)).toEqual([400, 'BAD_JSON']);
  });

  it('JSON with a charset parameter, in any case, is JSON', async () => {
    const answer = await post('{"name":"charset"}', asToken({ 'content-type': 'Application/JSON; Charset=UTF-8' }));
    expect(await answer.json()).toMatchObject({ error: { data: { code: expect.not.stringMatching('MEDIA') } } });
  });
});

describe('work is bounded (BOUNDED-WORK)', () => {
  it('a body of more than 1 MiB is refused, declared or chunked, and the process goes on', async () => {
    const big = JSON.stringify({ name: 'x'.repeat(1_048_576) });
    expect(await codeOf(await post(big, asToken(JSON_TYPE)))).toEqual([413, 'BODY_TOO_LARGE']);

    const chunked = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(`${http.url}/trpc/tokens.issue`, {
        method: 'POST',
        headers: asToken({ ...JSON_TYPE, 'transfer-encoding': 'chunked' }),
      });
      request.on('response', (response) => {
        let text = String(response.statusCode);
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      });
      request.on('error', reject);
      request.write(big.slice(0, 700_000));
      request.write(big.slice(700_000));
    });
    expect(chunked).toMatch(/^413.*BODY_TOO_LARGE/);
    expect((await fetch(`${http.url}/livez`)).status).toBe(200);
  });

  it('a batch of more than twenty calls is refused', async () => {
    const calls = (count: number) =>
      fetch(`${http.url}/trpc/${Array(count).fill('self.whoami').join(',')}?batch=1`, { headers: asToken({}) });
    expect((await calls(20)).status).toBe(200);
    expect(await codeOf(await calls(21))).toEqual([413, 'BATCH_TOO_LARGE']);
  });

  it('headers that are too long, too many or broken get a clean answer', async () => {
    const get = (headers: string) => http.raw(`GET /trpc/self.whoami HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
    expect(await get(`Authorization: Bearer ${'x'.repeat(40_000)}\r\n`)).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*"HEADERS_TOO_LARGE"/,
    );
    expect(await get(`Connection: close\r\n${'a: 1\r\n'.repeat(300)}`)).toMatch(/^HTTP\/1\.1 431 /);
    for (const broken of ['Authorization\r\n', 'Auth orization: x\r\n', 'Authorization: a\0b\r\n', ': x\r\n']) {
      expect(await get(broken), JSON.stringify(broken)).toMatch(/^HTTP\/1\.1 400 [\s\S]*"BAD_INPUT"/);
    }
    expect(await http.raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('a caller who leaves in the middle of a body does no harm', async () => {
    for (let index = 0; index < 5; index += 1) {
      await new Promise<void>((resolve) => {
        const request = httpRequest(`${http.url}/trpc/tokens.issue`, {
          method: 'POST',
          headers: asToken({ ...JSON_TYPE, 'content-length': '1000' }),
        });
        request.on('error', () => undefined).on('close', () => resolve());
        request.write('{"name":');
        setImmediate(() => request.destroy());
      });
    }
    expect((await fetch(`${http.url}/livez`)).status).toBe(200);
  });
});

describe('a call by cookie must come from our own pages', () => {
  const issue = (name: string, headers: Record<string, string>) =>
    post(JSON.stringify({ name }), { cookie, ...headers });
  const own = () => new URL(http.url).origin;

  it.each([
    ['neither Origin nor Sec-Fetch-Site', () => JSON_TYPE],
    ['another origin', () => ({ ...JSON_TYPE, origin: 'https://evil.example' })],
    ['the origin null', () => ({ ...JSON_TYPE, origin: 'null' })],
    ['our host on another port', () => ({ ...JSON_TYPE, origin: 'http://127.0.0.1:1' })],
    ['a sibling site', () => ({ ...JSON_TYPE, 'sec-fetch-site': 'same-site' })],
    ['another site that claims our origin', () => ({ ...JSON_TYPE, 'sec-fetch-site': 'cross-site', origin: own() })],
    ['an address that somebody typed', () => ({ ...JSON_TYPE, 'sec-fetch-site': 'none' })],
  ] as const)('%s is CROSS_SITE, and nothing is changed', async (_, headers) => {
    const before = await names();
    expect(await codeOf(await issue('cross site', headers()))).toEqual([403, 'CROSS_SITE']);
    expect(await names()).toEqual(before);
  });

  it('our own origin, said in either way, is accepted; a form is not, from anywhere', async () => {
    expect((await issue('by origin', { ...JSON_TYPE, origin: own() })).status).toBe(200);
    expect((await issue('by fetch metadata', { ...JSON_TYPE, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    const form = await issue('by form', { 'content-type': 'text/plain', origin: own() });
    expect(await codeOf(form)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(await names()).not.toContain('by form');
  });

  it('a query needs no origin, and a mutation can not be made one by GET', async () => {
    expect((await fetch(`${http.url}/trpc/self.whoami`, { headers: { cookie } })).status).toBe(200);
    const input = encodeURIComponent('{"name":"by get"}');
    const answer = await fetch(`${http.url}/trpc/tokens.issue?input=${input}`, { headers: { cookie } });
    expect(await codeOf(answer)).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(await names()).not.toContain('by get');
  });

  it('a token needs no origin: no browser sends it on its own', async () => {
    const answer = await post('{"name":"x"}', asToken({ ...JSON_TYPE, origin: 'https://elsewhere.example' }));
    expect(await answer.json()).not.toMatchObject({ error: { data: { code: 'CROSS_SITE' } } });
  });
});

describe('every answer', () => {
  it.each([
    '/livez',
    '/readyz',
    '/',
    '/nowhere',
    '/trpc/self.whoami',
    '/trpc/nothing.here',
    '/api/v1/x',
    '/sign-in',
    '/%E0%A4%A',
  ])('%s carries the security headers, a request id, and no stack', async (path) => {
    const answer = await fetch(`${http.url}${path}`);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('latchkey-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.status).toBeLessThan(500);
    expect(await answer.text()).not.toMatch(/node_modules|\.ts:\d|\.js:\d/);
  });

  it('an unknown path is 404 as JSON, and another method 405 with Allow', async () => {
    const answer = await fetch(`${http.url}/nowhere`, { headers: { accept: 'text/html' } });
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { error: { code: 'NOT_FOUND', message: expect.any(String) } },
    ]);
    const method = await fetch(`${http.url}/trpc/self.whoami`, { method: 'DELETE', headers: asToken({}) });
    expect(method.headers.get('allow')).toBe('GET, POST');
    expect(await codeOf(method)).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(await codeOf(await fetch(`${http.url}/trpc/tokens.nothing`, { headers: asToken({}) }))).toEqual([
      404,
      'NOT_FOUND',
    ]);
  });

  it('a surprise is INTERNAL with an incident id that the log has, and says nothing else', async () => {
    const store = {
      ...installation.deps.store,
      tokens: {
        ...installation.deps.store.tokens,
        lookUp: () => Promise.reject(new Error('the cat sat on the keyboard')),
      },
    };
    const broken = await serveHttp({ ...installation.deps, store });
    const answer = await fetch(`${broken.url}/trpc/self.whoami`, { headers: asToken({}) });
    const text = await answer.text();
    await broken.close();
    expect(answer.status).toBe(500);
    expect(text).not.toContain('cat');
    const incident = /"incidentId":"([^"]+)"/.exec(text)?.[1];
    expect(incident).toBe(answer.headers.get('latchkey-request-id'));
    expect(broken.logged()).toMatch(new RegExp(`"requestId":"${incident}"[^\\n]*the cat sat`));
  });
});
