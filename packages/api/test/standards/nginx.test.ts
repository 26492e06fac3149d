import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort, findNginx } from '@latchkey/embedded';
import { StoreUnavailable } from '@latchkey/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

const program = findNginx();
if (program === undefined) {
  process.stderr.write(
    '!!! No nginx: what it makes of /forward-auth is NOT TESTED (Debian: apt-get install nginx-light).\n',
  );
}

/** The configuration that the documentation recommends, on the addresses of this test. */
const documented = readFileSync(join(import.meta.dirname, '../../../../docs/forward-auth.md'), 'utf8');
const configuration = (places: Readonly<Record<string, string>>): string => {
  const [, block = ''] = /```nginx\n([\s\S]*?)```/.exec(documented) ?? [];
  return Object.entries(places).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`The documented configuration has no ${from}.`);
    return text.replaceAll(from, to);
  }, block);
};

const startNginx = async (nginx: string, server: string, port: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder};`);
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    [
      `pid ${folder}/pid;`,
      'events { worker_connections 64; }',
      `http { access_log off; ${temporary.join(' ')}`,
      server,
      '}',
    ].join('\n'),
  );
  const child = spawn(nginx, ['-c', file, '-p', folder, '-e', join(folder, 'error.log'), '-g', 'daemon off;'], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const listens = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  while (!(await listens())) {
    if (child.exitCode !== null) {
      const log = readFileSync(join(folder, 'error.log'), 'utf8');
      await stop();
      throw new Error(`nginx did not start: ${log}`);
    }
    await delay(20);
  }
  return stop;
};

describe.skipIf(program === undefined)('/forward-auth behind a real nginx, configured as documented', () => {
  let installation: Installation;
  let http: HttpServer;
  let url: string;
  let token: { readonly text: string; readonly id: string };
  let isStoreGone = false;
  const reached: IncomingHttpHeaders[] = [];
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    installation = await openInstallation();
    stops.push(() => installation.close());
    const { store } = installation.deps;
    const lookUp: typeof store.tokens.lookUp = (...asked) =>
      isStoreGone ? Promise.reject(new StoreUnavailable('gone')) : store.tokens.lookUp(...asked);
    http = await serveHttp({ ...installation.deps, store: { ...store, tokens: { ...store.tokens, lookUp } } });
    stops.push(() => http.close());
    const service: Server = createServer((request, response) => {
      reached.push(request.headers);
      response.end('toggled');
    });
    await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening));
    stops.push(() => new Promise((closed) => service.close(closed)));

    const { text } = await issueVerifierCredential(installation.deps, { name: 'nginx', organizationIds: null });
    const port = await findFreePort();
    url = `http://127.0.0.1:${port}`;
    const server = configuration({
      '127.0.0.1:3000': new URL(http.url).host,
      '127.0.0.1:4000': `127.0.0.1:${(service.address() as AddressInfo).port}`,
      '127.0.0.1:8080': `127.0.0.1:${port}`,
      lk_sys_YOUR_VERIFIER_CREDENTIAL: text,
    });
    stops.push(await startNginx(program ?? '', server, port));
    token = await issue('good');
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  const issue = async (name: string, more: object = {}) => {
    const issued = await (await installation.member('acme', 'dana')).tokens.issue({ name, ...more });
    return { text: issued.tokenText, id: issued.token.tokenId };
  };
  const toggle = async (headers: Record<string, string>) => {
    reached.length = 0;
    const answer = await fetch(`${url}/flags/checkout/toggle`, { method: 'POST', body: 'x=1', headers });
    return { answer, seen: reached[0] };
  };
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

  it('lets a good token through, with its identity in place of what the caller claimed, and without the token', async () => {
    const claimed = {
      'latchkey-owner': 'olivia',
      'latchkey-organization': 'globex',
      'latchkey-project': 'payroll',
      'latchkey-token-kind': 'service',
      'latchkey-verifier': 'mine',
      'latchkey-action': 'ReadNothing',
    };
    const { answer, seen } = await toggle({ ...bearer(token.text), ...claimed });
    expect([answer.status, await answer.text()]).toEqual([200, 'toggled']);
    expect(seen).toMatchObject({
      'latchkey-token-id': token.id,
      'latchkey-token-kind': 'personal',
      'latchkey-token-name': 'good',
      'latchkey-organization': 'acme',
      'latchkey-owner': 'dana',
    });
    // It identifies no project: nginx sends no header with an empty value, and so not the caller's either.
    expect(seen).not.toHaveProperty('latchkey-project');
    expect(seen).not.toHaveProperty('authorization');
    expect(JSON.stringify(seen)).not.toContain('lk_sys_');
  });

  it('refuses with 401 and the challenge, and the service hears nothing', async () => {
    for (const [headers, challenge] of [
      [{}, 'Bearer'],
      [bearer('x'), 'Bearer error="invalid_token"'],
    ] as const) {
      const { answer, seen } = await toggle(headers);
      expect([answer.status, answer.headers.get('www-authenticate'), seen]).toEqual([401, challenge, undefined]);
    }
  });

  it('refuses with 403 and the missing permission', async () => {
    const permissions = { type: 'ability', ability: 'read' } as const;
    const { answer, seen } = await toggle(bearer((await issue('reader', { permissions })).text));
    expect([answer.status, seen]).toEqual([403, undefined]);
    expect(answer.headers.get('latchkey-missing-permission')).toBe('ToggleFlag project/shop:env/dev:flag/checkout');
  });

  it('judges address ranges by the address that nginx saw, not by what the caller wrote', async () => {
    const here = await issue('from here', { addressRanges: ['127.0.0.0/8'] });
    const elsewhere = await issue('from elsewhere', { addressRanges: ['192.0.2.0/24'] });
    const forged = { 'x-forwarded-for': '192.0.2.1' };
    expect((await toggle({ ...bearer(here.text), ...forged })).answer.status).toBe(200);
    expect((await toggle({ ...bearer(elsewhere.text), ...forged })).answer.status).toBe(403);
  });

  it('a revoked token is refused by the next request (DEAD-ON-RETURN)', async () => {
    const doomed = await issue('doomed');
    expect((await toggle(bearer(doomed.text))).answer.status).toBe(200);
    await (await installation.member('acme', 'dana')).tokens.revoke({ tokenId: doomed.id });
    expect((await toggle(bearer(doomed.text))).answer.status).toBe(401);
  });

  it('turns 400 and 503 into 500, as documented, and lets nobody in (FAIL-CLOSED)', async () => {
    const { answer, seen } = await toggle({ ...bearer(token.text), 'x-api-key': token.text });
    expect([answer.status, seen]).toEqual([500, undefined]);
    // Never seen before: what is in memory is as good as asking, while its lease lasts.
    const unseen = await issue('unseen');
    isStoreGone = true;
    try {
      const { answer, seen } = await toggle(bearer(unseen.text));
      expect([answer.status, seen]).toEqual([500, undefined]);
    } finally {
      isStoreGone = false;
    }
  });
});
