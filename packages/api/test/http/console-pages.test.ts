import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-console-'));
let installation: Installation;
let http: HttpServer;
beforeAll(async () => {
  mkdirSync(join(folder, 'pages/assets'), { recursive: true });
  writeFileSync(join(folder, 'pages/index.html'), '<!doctype html><title>The console</title>');
  writeFileSync(join(folder, 'pages/assets/main-abc123.js'), 'globalThis.console.log(1)');
  writeFileSync(join(folder, 'pages/.hidden'), 'hidden');
  writeFileSync(join(folder, 'outside.txt'), 'outside');
  installation = await openInstallation();
  http = await serveHttp(installation.deps, { consoleFolder: join(folder, 'pages') });
});
afterAll(async () => {
  await http.close();
  await installation.close();
  rmSync(folder, { recursive: true, force: true });
});

it('the built pages are served, for every path of the console, under a policy that lets nothing foreign in', async () => {
  for (const path of ['/', '/tokens', '/members/olivia']) {
    const answer = await fetch(`${http.url}${path}`, { headers: { accept: 'text/html' } });
    expect(await answer.text()).toContain('The console');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|http/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
  const script = await fetch(`${http.url}/assets/main-abc123.js`);
  expect(script.headers.get('content-type')).toContain('javascript');
  expect(script.headers.get('cache-control')).toContain('immutable');
});

it('a page that asks for a nonce gets a fresh one each time, in the policy and in the page alike', async () => {
  const pages = join(folder, 'with-nonce');
  mkdirSync(pages);
  writeFileSync(
    join(pages, 'index.html'),
    '<meta property="csp-nonce" nonce="__CSP_NONCE__"><link nonce="__CSP_NONCE__">',
  );
  const server = await serveHttp(installation.deps, { consoleFolder: pages });
  const seen = new Set<string>();
  for (const path of ['/', '/', '/tokens']) {
    const answer = await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } });
    const nonce = /style-src 'self' 'nonce-([A-Za-z0-9_-]{22})'/.exec(
      answer.headers.get('content-security-policy') ?? '',
    )?.[1];
    expect(await answer.text()).toBe(`<meta property="csp-nonce" nonce="${nonce}"><link nonce="${nonce}">`);
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self';");
    seen.add(nonce ?? '');
  }
  expect(seen.size).toBe(3);
  await server.close();
});

it('no page stands in for what is missing: an unknown file, path or method is an error as JSON', async () => {
  for (const path of ['/assets/gone.js', '/tokens', '/favicon.ico']) {
    const answer = await fetch(`${http.url}${path}`, { headers: { accept: 'application/json' } });
    expect([path, answer.status, await answer.json()]).toMatchObject([path, 404, { error: { code: 'NOT_FOUND' } }]);
  }
  expect((await fetch(`${http.url}/tokens`, { method: 'POST' })).status).toBe(404);
});

it('nothing outside the folder is read, and nothing hidden', async () => {
  for (const path of [
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/.hidden',
    '/%00',
    '/%E0%A4%A',
  ]) {
    const answer = await http.raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer, path).toMatch(/^HTTP\/1\.1 404 [\s\S]*\r\n\r\n\{"error":\{"code":"NOT_FOUND"/);
  }
});

it('where there are no built pages a page says so, and a folder without an index counts as none', async () => {
  for (const consoleFolder of [null, join(folder, 'nowhere')]) {
    const bare = await serveHttp(installation.deps, { consoleFolder });
    const answer = await fetch(`${bare.url}/`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('without the pages of the console');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    await bare.close();
  }
});

it('probes: alive without the store, ready only with it, and no longer once it is closing', async () => {
  const failing = () => Promise.reject(new Error('gone'));
  const fine = { store: 'ok', migrations: 'ok' };
  let pendingMigrations: () => Promise<readonly string[]> = async () => [];
  const store = { ...installation.deps.store, pendingMigrations: () => pendingMigrations() };
  const server = await serveHttp({ ...installation.deps, store });
  const probe = async (path: string) => {
    const answer = await fetch(`${server.url}${path}`);
    return [answer.status, await answer.json()];
  };
  const ready = () => probe('/readyz');
  // The lease is told, and it comes soon; without one this server asks the store, and requests may come.
  expect(await ready()).toEqual([200, { status: 'ok', checks: { ...fine, lease: expect.any(String) } }]);
  await expect.poll(ready).toEqual([200, { status: 'ok', checks: { ...fine, lease: 'valid' } }]);
  pendingMigrations = async () => ['store-9999'];
  expect(await probe('/readyz')).toEqual([
    503,
    { status: 'failing', checks: { ...fine, migrations: 'pending', lease: 'valid' } },
  ]);
  pendingMigrations = failing;
  expect(await probe('/readyz')).toEqual([
    503,
    { status: 'failing', checks: { store: 'failing', migrations: 'unknown', lease: 'valid' } },
  ]);
  expect(await probe('/livez')).toEqual([200, { status: 'ok' }]);
  await server.close();
});
