import { afterAll, beforeAll, expect, it } from 'vitest';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { createLogger } from '../../src/logger.ts';
import { issueSignInLink } from '../../src/session/issue-sign-in-link.ts';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let http: HttpServer;
let canary: string;
beforeAll(async () => {
  installation = await openInstallation();
  http = await serveHttp(installation.deps);
  canary = (await (await installation.member('acme', 'dana')).tokens.issue({ name: 'canary' })).tokenText;
});
afterAll(async () => {
  await http.close();
  await installation.close();
});

it('no token, cookie or sign-in link reaches the log, wherever in an HTTP request it stood (SECRET-ONCE)', async () => {
  const cookie = await http.signIn('acme', 'dana');
  const unused = (await issueSignInLink(http.deps, 'acme', 'adam')).url;
  const secretOfLink = new URL(unused).searchParams.get('link') ?? '?';
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${http.url}/trpc/tokens.issue`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${canary}`, 'content-type': 'application/json', ...headers },
    });
  await Promise.all([
    fetch(`${http.url}/trpc/self.whoami`, { headers: { authorization: `Bearer ${canary}` } }),
    fetch(`${http.url}/trpc/self.whoami`, { headers: { cookie } }),
    fetch(`${http.url}/trpc/self.whoami?access_token=${canary}`),
    fetch(`${http.url}/${canary}/x`),
    fetch(`${http.url}/${encodeURIComponent(canary).replaceAll('_', '%5F')}`),
    fetch(`${http.url}/nowhere`, { headers: { 'x-api-key': canary, referer: unused, 'user-agent': canary } }),
    fetch(`${http.url}/nowhere?link=${secretOfLink}`),
    fetch(`${http.url}/sign-in?link=${secretOfLink}`, { method: 'HEAD' }),
    post(`{"name":"${canary}"`),
    post(JSON.stringify({ name: `my ${canary}` })),
    post(JSON.stringify({ name: 'x', [canary]: 1 })),
    post(canary, { 'content-type': 'text/plain' }),
    http.raw(`GET /${canary} HTTP/9.9\r\n\r\n`),
    http.raw(`${canary}\r\n\r\n`),
  ]);
  const { logged } = http;
  expect(logged()).toContain('"path":"/sign-in"');
  expect(logged()).toContain('[redacted]');
  for (const secret of [canary.slice(24, 60), cookie.split('=')[1] ?? '?', secretOfLink]) {
    expect(secret.length).toBeGreaterThan(30);
    expect(logged()).not.toContain(secret);
  }
});

it('what code hands to the logger by mistake is redacted in the line: headers, fields, messages, errors and their causes', () => {
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => void lines.push(line) });
  const cookie = `__Host-latchkey=${'k'.repeat(43)}`;
  logger.info({ headers: { authorization: 'Basic canary-1', cookie } }, 'headers');
  logger.info({ req: { headers: { authorization: 'canary-1', 'set-cookie': [cookie] } } }, `token ${canary}`);
  logger.info({ tokenText: 'canary-1', input: { presentedToken: 'canary-1' }, url: `/sign-in?link=${'k'.repeat(43)}` });
  logger.error({ err: new Error(`with ${canary}`, { cause: new Error(`and ${cookie}`) }) });
  logger.error({
    err: Object.assign(new Error('refused'), { code: '23505', detail: 'canary-1', parameters: ['canary-1'] }),
  });
  logger.error({ err: `thrown text ${canary}` });
  logger.error({ err: new Error('no way to postgresql://latchkey_api:canary-1@db.example/latchkey') });
  const written = lines.join('');
  expect(lines).toHaveLength(7);
  expect(written).toContain('23505');
  expect(written).toContain('db.example');
  for (const secret of ['canary-1', canary.slice(24, 60), 'kkkkkkkk']) expect(written).not.toContain(secret);
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
});

it('a request is one line: id, address, method, path without its query, status and duration', async () => {
  const answer = await fetch(`${http.url}/trpc/system.health?input=%7B%7D`, {
    headers: { 'x-forwarded-for': '192.0.2.99' },
  });
  await answer.text();
  const id = answer.headers.get('latchkey-request-id') ?? '?';
  await expect
    .poll(() =>
      http
        .logged()
        .split('\n')
        .filter((line) => line.includes(id)),
    )
    .toHaveLength(1);
  const line =
    http
      .logged()
      .split('\n')
      .find((each) => each.includes(id)) ?? '';
  expect(JSON.parse(line)).toMatchObject({
    msg: 'request',
    requestId: id,
    // No proxy is trusted here: what the header claims counts for nothing.
    address: '127.0.0.1',
    method: 'GET',
    path: '/trpc/system.health',
    durationMs: expect.any(Number),
  });
});

it('a verification that was answered is a line for debugging only: there may be thousands a second', async () => {
  const { text } = await issueVerifierCredential(installation.deps, { name: 'sibling', organizationIds: null });
  const authorization = `Bearer ${text}`;
  await fetch(`${http.url}/forward-auth`, { headers: { authorization: canary, 'latchkey-verifier': text } });
  await fetch(`${http.url}/oauth/introspect`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams({ token: canary }),
  });
  await fetch(`${http.url}/trpc/verify.verify`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ presentedToken: canary }),
  });
  await fetch(`${http.url}/livez`);
  const lines = () =>
    http
      .logged()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { readonly level: number; readonly path?: string; readonly status?: number });
  const levelsOf = (path: string) => lines().flatMap((line) => (line.path === path ? [[line.level, line.status]] : []));
  await expect.poll(() => levelsOf('/livez')).toEqual([[30, 200]]);
  for (const path of ['/forward-auth', '/oauth/introspect', '/trpc/verify.verify']) {
    await expect.poll(() => levelsOf(path)).toEqual([[20, 200]]);
  }
});
