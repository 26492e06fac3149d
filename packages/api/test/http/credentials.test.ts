import { HostUnavailable } from '@latchkey/core';
import { mintToken } from '@latchkey/core/token';
import { StoreUnavailable } from '@latchkey/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { revokeCredential } from '../../src/commands/revoke-credential.ts';
import type { ApiDeps } from '../../src/deps.ts';
import { recordMemberRemoved } from '../../src/server/member-removed.ts';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let http: HttpServer;
let good: string;
beforeAll(async () => {
  installation = await openInstallation();
  http = await serveHttp(installation.deps);
  good = (await issue('good')).tokenText;
});
afterAll(async () => {
  await http.close();
  await installation.close();
});

const issue = async (name: string, more: object = {}) =>
  (await installation.member('acme', 'dana')).tokens.issue({ name, ...more });

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${http.url}${path}`, { headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The whole answer, save what differs between any two answers. */
const wholeAnswer = async (path: string, authorization: string): Promise<string> =>
  (
    await http.raw(
      `GET ${path} HTTP/1.1\r\nHost: ${new URL(http.url).host}\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
    )
  )
    .replace(/^Date: .*$/im, 'Date:')
    .replace(/^Latchkey-Request-Id: [0-9a-f-]{36}\r$/im, 'Latchkey-Request-Id:\r');

describe('TOKENS: what a caller gets', () => {
  it('no credential is 401, and the challenge names no error', async () => {
    const answer = await get('/api/v1/anything');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toBe('{"success":false,"errors":["Unauthorized"],"data":null}');

    const typed = await get('/trpc/self.whoami');
    expect(typed.status).toBe(401);
    expect(typed.headers.get('www-authenticate')).toBe('Bearer');
    expect(typed.headers.get('cache-control')).toBe('no-store');
    expect(await typed.json()).toMatchObject({ error: { data: { code: 'UNAUTHORIZED', httpStatus: 401 } } });
  });

  it.each(['Bearer ', 'bearer ', 'BEARER  ', ''])(
    'a good token is accepted as %j, and its answer is not stored',
    async (scheme) => {
      const answer = await get('/trpc/self.whoami', { authorization: `${scheme}${good}` });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await answer.json()).toMatchObject({ result: { data: { type: 'token', token: { name: 'good' } } } });
      // Past the credential there is nothing to find under this path.
      expect((await get('/api/v1/anything', { authorization: `${scheme}${good}` })).status).toBe(404);
    },
  );

  it('a malformed, unknown, wrong, superseded, revoked, expired or foreign one gets the same bytes (PROOF-FIRST)', async () => {
    const dana = await installation.member('acme', 'dana');
    const { crypto, keys } = installation.deps;
    const mint = (routingKey: string, tokenId?: string) =>
      mintToken(crypto, {
        prefix: 'lk',
        kind: 'personal',
        routingKey,
        tagKeys: keys.tagKeys,
        ...(tokenId ? { tokenId } : {}),
      });
    const known = (await issue('wrong secret')).token.tokenId;
    const rotated = await issue('superseded');
    await dana.tokens.rotate({ tokenId: rotated.token.tokenId, graceMs: 0 });
    const revoked = await issue('revoked');
    await dana.tokens.revoke({ tokenId: revoked.token.tokenId });
    const expired = await issue('expired');
    await installation.sql(
      "update latchkey.token set expires_at = created_at + interval '1 millisecond' where token_id = ?",
      [expired.token.tokenId],
    );
    const credential = await issueVerifierCredential(installation.deps, { name: 'gone', organizationIds: null });
    await revokeCredential(installation.deps, credential.credential.credentialId);

    const texts = {
      nonsense: 'x',
      empty: '',
      tooLong: 'y'.repeat(5_000),
      otherScheme: 'Basic dXNlcjpwYXNz',
      notAscii: 'Bearer lk_pat_\xff\xfe',
      badChecksum: `Bearer ${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`,
      cut: `Bearer ${good.slice(0, -1)}`,
      madeUp: `Bearer ${mintToken(crypto, { prefix: 'lk', kind: 'personal', routingKey: 'abc', tagKeys: [{ id: 'other', bytes: crypto.randomBytes(32) }] }).text}`,
      unknown: `Bearer ${mint('abc').text}`,
      wrongSecret: `Bearer ${mint(known.slice(0, 3), known).text}`,
      superseded: `Bearer ${rotated.tokenText}`,
      revoked: `Bearer ${revoked.tokenText}`,
      expired: `Bearer ${expired.tokenText}`,
      otherPrefix: `Bearer ${good.replace(/^lk_/, 'zz_')}`,
      revokedCredential: `Bearer ${credential.text}`,
    };
    for (const path of ['/trpc/self.whoami', '/trpc/system.health', '/api/v1/x']) {
      const reference = await wholeAnswer(path, texts.nonsense);
      expect(reference).toMatch(/^HTTP\/1\.1 401 /);
      expect(reference.toLowerCase()).toContain('www-authenticate: bearer error="invalid_token"\r\n');
      for (const [name, text] of Object.entries(texts)) {
        expect(await wholeAnswer(path, text), `${name} on ${path}`).toBe(reference);
      }
    }
  });

  it('an inactive token, one whose owner has gone, and one from elsewhere are 403, once the secret is proved', async () => {
    const inactive = await issue('inactive');
    await (await installation.member('acme', 'dana')).tokens.deactivate({ tokenId: inactive.token.tokenId });
    const elsewhere = await issue('elsewhere', { addressRanges: ['192.0.2.0/24'] });
    const bea = await installation.member('acme', 'bea');
    const orphan = await bea.tokens.issue({ name: 'orphan' });
    await installation.deps.store.unitOfWork.run(async (tx) => {
      await installation.deps.directory.members.remove(tx, 'acme', 'bea');
      await recordMemberRemoved(installation.deps, tx, {
        organizationId: 'acme',
        memberId: 'bea',
        removedBy: { type: 'member', id: 'olivia' },
      });
    });

    for (const token of [inactive, elsewhere, orphan]) {
      const answer = await get('/api/v1/x', bearer(token.tokenText));
      expect(answer.status).toBe(403);
      expect(answer.headers.get('www-authenticate')).toBeNull();
      expect(await answer.text()).toBe('{"success":false,"errors":["Forbidden"],"data":null}');
      const typed = await get('/trpc/self.whoami', bearer(token.tokenText));
      expect(typed.status).toBe(403);
      expect(await typed.json()).toMatchObject({ error: { data: { code: 'FORBIDDEN' } } });
    }
  });

  it('a caller who may not is 403 with insufficient_scope', async () => {
    const answer = await get('/trpc/audit.list', bearer(good));
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
    expect(await answer.json()).toMatchObject({ error: { data: { code: 'NOT_ALLOWED' } } });
  });

  it('application/problem+json is given to whoever asks for it', async () => {
    const answer = await get('/api/v1/x', { accept: 'application/problem+json' });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toEqual({ type: 'about:blank', title: 'Unauthorized', status: 401 });
    const missing = await get('/nowhere', { accept: 'application/problem+json' });
    expect(await missing.json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('exactly one credential, in its one place', () => {
  const expectRefused = async (answer: Response, code: string) => {
    expect(answer.status).toBe(400);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({ error: { data: { code } } });
  };

  it('two Authorization headers, joined ones, and one beside a session are refused', async () => {
    const twice = await http.raw(
      `GET /trpc/self.whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${good}\r\nAuthorization: Bearer ${good}\r\nConnection: close\r\n\r\n`,
    );
    expect(twice).toMatch(/^HTTP\/1\.1 400 /);
    expect(twice).toContain('"TOO_MANY_CREDENTIALS"');
    await expectRefused(
      await get('/trpc/self.whoami', { authorization: `Bearer ${good}, Bearer ${good}` }),
      'TOO_MANY_CREDENTIALS',
    );
    const cookie = await http.signIn('acme', 'dana');
    await expectRefused(await get('/trpc/self.whoami', { cookie, ...bearer(good) }), 'TOO_MANY_CREDENTIALS');
    await expectRefused(await get('/trpc/self.whoami', { cookie: `${cookie}; ${cookie}` }), 'TOO_MANY_CREDENTIALS');
  });

  it('one in the URL, in a cookie or in another header is refused, also beside a good one', async () => {
    for (const path of [
      `/trpc/self.whoami?access_token=${good}`,
      '/trpc/self.whoami?access_token=anything',
      `/trpc/tokens.list?input=${encodeURIComponent(JSON.stringify({ nameContains: good }))}`,
    ]) {
      await expectRefused(await get(path), 'CREDENTIAL_MISPLACED');
    }
    await expectRefused(await get('/trpc/self.whoami', { 'x-api-key': good }), 'CREDENTIAL_MISPLACED');
    await expectRefused(await get('/trpc/self.whoami', { cookie: `t=${good}` }), 'CREDENTIAL_MISPLACED');
    await expectRefused(
      await get('/trpc/self.whoami', { ...bearer(good), 'user-agent': `curl ${good}` }),
      'CREDENTIAL_MISPLACED',
    );
    expect((await get(`/api/v1/${good}`)).status).toBe(400);
  });

  it('a second credential hidden behind hundreds of headers is not overlooked', async () => {
    const padding = 'a:\r\n'.repeat(2_500);
    const answer = await http.raw(
      `GET /trpc/self.whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${good}\r\n${padding}Authorization: Bearer ${good}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"HEADERS_TOO_LARGE"');
  });
});

describe('an outage is 503 with Retry-After, neither 401 nor 403 (FAIL-CLOSED)', () => {
  const broken = (part: Partial<ApiDeps>) => ({ ...installation.deps, ...part }) as ApiDeps;
  const withServer = async (deps: ApiDeps, work: (server: HttpServer) => Promise<void>) => {
    const server = await serveHttp(deps);
    await work(server).finally(() => server.close());
  };
  const outage = () => Promise.reject(new StoreUnavailable('gone'));

  it.each([
    [
      'the store',
      (): Partial<ApiDeps> => ({
        store: { ...installation.deps.store, tokens: { ...installation.deps.store.tokens, lookUp: outage } },
      }),
    ],
    [
      'the host',
      (): Partial<ApiDeps> => ({
        host: { ...installation.deps.host, findMember: () => Promise.reject(new HostUnavailable('gone')) },
      }),
    ],
  ])('%s', async (name, part) => {
    await withServer(broken(part()), async (server) => {
      const rest = await fetch(`${server.url}/api/v1/x`, { headers: bearer(good) });
      expect(rest.status).toBe(503);
      expect(Number(rest.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await rest.text()).toBe('{"success":false,"errors":["ServiceUnavailable"],"data":null}');
      const typed = await fetch(`${server.url}/trpc/self.whoami`, { headers: bearer(good) });
      expect(typed.status).toBe(503);
      expect(Number(typed.headers.get('retry-after'))).toBeGreaterThan(0);
      const code = name === 'the store' ? 'STORE_UNAVAILABLE' : 'HOST_UNAVAILABLE';
      expect(await typed.json()).toMatchObject({ error: { data: { code } } });
    });
  });

  it('a secret is not accepted while its first use can not be recorded', async () => {
    const { tokenText } = await issue('first use');
    const tokens = { ...installation.deps.store.tokens, recordFirstUse: outage };
    await withServer(broken({ store: { ...installation.deps.store, tokens } }), async (server) => {
      expect((await fetch(`${server.url}/trpc/self.whoami`, { headers: bearer(tokenText) })).status).toBe(503);
    });
    expect((await get('/trpc/self.whoami', bearer(tokenText))).status).toBe(200);
  });

  it('a made-up token is refused without asking the store or the host', async () => {
    const untouchable = new Proxy({} as never, {
      get: (_, name) => {
        throw new Error(`asked for ${String(name)}`);
      },
    });
    // What the node does on its own account goes on.
    const { store: whole } = installation.deps;
    const store = { ...whole, tokens: untouchable, credentials: untouchable, sessions: untouchable };
    await withServer(broken({ store, host: untouchable }), async (server) => {
      const { crypto } = installation.deps;
      const tagKeys = [{ id: 'somebody-elses', bytes: crypto.randomBytes(32) }] as const;
      const personal = mintToken(crypto, { prefix: 'lk', kind: 'personal', routingKey: 'abc', tagKeys });
      const service = mintToken(crypto, { prefix: 'lk', kind: 'service', routingKey: 'abc', tagKeys });
      const system = mintToken(crypto, { prefix: 'lk', kind: 'system', routingKey: '000', tagKeys });
      for (const text of [personal.text, service.text, system.text, 'x', good.slice(1)]) {
        expect((await fetch(`${server.url}/trpc/self.whoami`, { headers: bearer(text) })).status).toBe(401);
      }
    });
  });
});
