import { contract } from '@latchkey/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { restRows } from '../../src/rest/match-route.ts';
import { restRoutes, withoutRest } from '../../src/rest/routes.ts';
import { appRouter } from '../../src/trpc/router.ts';
import type { ProcedureMeta } from '../../src/trpc/trpc.ts';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let http: HttpServer;
let managing: string;
let verifier: string;
beforeAll(async () => {
  installation = await openInstallation();
  http = await serveHttp(installation.deps);
  const olivia = await installation.member('acme', 'olivia');
  const permissions = { type: 'inherit', manageTokens: true } as const;
  managing = (await olivia.tokens.issue({ name: 'managing', permissions })).tokenText;
  verifier = (await issueVerifierCredential(installation.deps, { name: 'v', organizationIds: null })).text;
});
afterAll(async () => {
  await http?.close();
  await installation?.close();
});

const call = async (
  method: string,
  path: string,
  options: { readonly by?: string | null; readonly body?: unknown; readonly headers?: Record<string, string> } = {},
) => {
  const { by = managing, body, headers = {} } = options;
  const answer = await fetch(`${http.url}/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: {
      ...(by === null ? {} : { authorization: `Bearer ${by}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  });
  const text = await answer.text();
  return { answer, status: answer.status, text, json: text === '' ? null : JSON.parse(text) };
};
const problem = { accept: 'application/problem+json' };

describe('the table is the router', () => {
  const procedures = Object.entries(contract).flatMap(([router, entries]) =>
    Object.keys(entries).map((name) => `${router}.${name}`),
  );

  it('every procedure stands in it, or in the list of those that have no place in REST; nothing else does', () => {
    const named = [...Object.keys(restRoutes), ...Object.keys(withoutRest)];
    expect(named.sort()).toEqual(procedures.sort());
    for (const reason of Object.values(withoutRest)) expect(reason).toMatch(/\w+ \w+/);
  });

  it('no two procedures share a method and a path', () => {
    const places = restRows.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('what changes something is never a GET, and what changes nothing is one where its input fits into a URL', () => {
    const { procedures: all } = appRouter._def as unknown as {
      procedures: Record<string, { _def: { type: string } } | undefined>;
    };
    const wrong = restRows.filter(({ name, method }) => (method === 'GET') !== (all[name]?._def.type === 'query'));
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe('the life of a token over REST', () => {
  it('is issued, listed, read, renamed, rotated, stopped and revoked, in one envelope', async () => {
    const issued = await call('POST', '/tokens', { body: { name: 'by rest', expiresAt: '2031-01-01T00:00:00Z' } });
    expect(issued.status).toBe(200);
    expect(issued.answer.headers.get('cache-control')).toBe('no-store');
    expect(issued.json).toMatchObject({ success: true, errors: [], data: { token: { name: 'by rest' } } });
    const { tokenText, token } = issued.json.data;
    const own = `/tokens/${token.tokenId}`;
    expect((await call('GET', '/self', { by: tokenText })).json.data).toMatchObject({ token: { name: 'by rest' } });
    const listed = await call('GET', '/tokens?nameContains=BY%20REST&limit=1&sort=name&direction=asc');
    expect(listed.json.data.items).toMatchObject([{ tokenId: token.tokenId }]);
    expect((await call('GET', own)).json.data).toMatchObject({ tokenId: token.tokenId, status: 'active' });
    expect((await call('GET', '/token-names?name=by+rest')).json.data).toEqual({ taken: true, problems: [] });
    expect((await call('POST', `${own}/rename`, { body: { name: 'renamed' } })).json.data.name).toBe('renamed');
    const rotated = await call('POST', `${own}/rotate`, { body: { graceMs: 0 } });
    expect(rotated.json.data.tokenText).not.toBe(tokenText);
    // Without a body at all: nothing in it is needed.
    const stopped = await call('POST', `${own}/deactivate`);
    expect(stopped.json.data).toMatchObject({ token: { status: 'inactive' }, settled: true });
    const presentedToken = rotated.json.data.tokenText;
    const verdict = await call('POST', '/verify', { by: verifier, body: { presentedToken } });
    expect(verdict.json.data).toEqual({ accepted: false, status: 403, reason: 'inactive' });
    expect((await call('POST', `${own}/revoke`, { body: { reason: 'done' } })).json.data.token.status).toBe('revoked');
    const gone = await call('POST', '/verify', { by: verifier, body: { presentedToken } });
    expect(gone.json.data).toEqual({ accepted: false, status: 401 });
  });

  it('what is read is what tRPC reads, to the byte', async () => {
    for (const [path, procedure, input] of [
      ['/tokens?limit=2', 'tokens.list', { limit: 2 }],
      ['/members?includeRemoved=true&limit=3', 'members.list', { includeRemoved: true, limit: 3 }],
      ['/permissions/catalogue', 'permissions.catalogue', undefined],
      ['/policies/owner', 'policies.get', { policyId: 'owner' }],
      ['/self', 'self.whoami', undefined],
    ] as const) {
      const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
      const typed = await fetch(`${http.url}/trpc/${procedure}${query}`, {
        headers: { authorization: `Bearer ${managing}` },
      });
      const { result } = (await typed.json()) as { result: { data: unknown } };
      expect((await call('GET', path)).json).toEqual({ success: true, errors: [], data: result.data });
    }
  });
});

describe('DEFAULT-DENY', () => {
  const { procedures } = appRouter._def as unknown as {
    procedures: Record<string, { _def: { meta?: ProcedureMeta } } | undefined>;
  };
  const requirementOf = (name: string) => procedures[name]?._def.meta?.requirement.type;
  const guarded = restRows.filter(({ name }) => requirementOf(name) !== 'public');
  const pathOf = (path: string) => path.replace(/\{\w+\}/g, 'zzzzzzzzzzzzzzzz');

  it.each(guarded)(
    '$method $path is 401 without a credential, like a path that is not there',
    async ({ method, path }) => {
      const refused = await call(method, pathOf(path), { by: null, headers: { 'content-type': 'text/plain' } });
      const nowhere = await call('GET', '/nowhere', { by: null });
      expect([refused.status, refused.text]).toEqual([401, nowhere.text]);
      expect(refused.answer.headers.get('www-authenticate')).toBe('Bearer');
    },
  );

  it.each(guarded)('$method $path takes no credential of another kind', async ({ name, method, path }) => {
    const by = requirementOf(name) === 'verifier' ? managing : verifier;
    const body = ['GET', 'DELETE'].includes(method) ? {} : { body: {} };
    const refused = await call(method, pathOf(path), { by, ...body, headers: problem });
    expect(refused.json).toMatchObject({ status: 403, code: 'CREDENTIAL_KIND' });
  });

  it('nobody may ask for health, and for the document that says what there is', async () => {
    expect((await call('GET', '/system/health', { by: null })).json.data).toMatchObject({ status: 'ok' });
    expect((await call('GET', '/openapi.json', { by: null })).json.openapi).toBe('3.1.0');
    expect(restRows.filter(({ name }) => requirementOf(name) === 'public').map(({ path }) => path)).toEqual([
      '/system/demo',
      '/system/health',
    ]);
  });
});

describe('TENANT-WALL: with an id of another organization', () => {
  let bearer: string;
  let theirs: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const gina = await installation.member('globex', 'gina');
    const permissions = { type: 'inherit', manageTokens: true } as const;
    bearer = (await gina.tokens.issue({ name: 'everything', permissions })).tokenText;
    const olivia = await installation.member('acme', 'olivia');
    const { token } = await olivia.tokens.issue({ name: 'of acme' });
    const group = await olivia.groups.create({ name: 'of acme', policyIds: [], memberIds: [] });
    const policy = await olivia.policies.create({
      name: 'of acme',
      statements: [{ effect: 'allow', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['*'] }],
    });
    theirs = { tokenId: token.tokenId, memberId: 'dana', groupId: group.groupId, policyId: policy.policyId };
  });
  const bodies: Readonly<Record<string, object>> = {
    'groups.update': { revision: 1, name: 'ours' },
    'groups.clone': { name: 'ours' },
    'members.setPolicies': { policyIds: ['reader'] },
    'members.previewPolicies': { policyIds: ['reader'] },
    'policies.update': { revision: 1, name: 'ours' },
    'policies.clone': { name: 'ours' },
    'policies.previewUpdate': { statements: [] },
    'tokens.rename': { name: 'ours' },
    'tokens.describe': { description: 'ours' },
    'tokens.clone': { name: 'ours' },
    'tokens.changePermissions': { permissions: { type: 'inherit' } },
    'tokens.extend': { expiresAt: null },
    'tokens.handOver': { name: 'ours' },
  };
  const reaching = restRows.filter(({ path }) => path.includes('{'));

  it.each(reaching)('$method $path answers as if there were no such thing', async ({ name, method, path }) => {
    const asked = async (idOf: (field: string) => string) => {
      const place = path.replace(/\{(\w+)\}/g, (_, field: string) => idOf(field));
      const body = ['GET', 'DELETE'].includes(method) ? {} : { body: bodies[name] ?? {} };
      const { status, json } = await call(method, place, { by: bearer, ...body, headers: problem });
      return { status, json };
    };
    const refused = await asked((field) => theirs[field] ?? '');
    expect(refused).toEqual(await asked(() => 'zzzzzzzzzzzzzzzz'));
    expect(refused.json.code, JSON.stringify(refused.json)).toBe('NOT_FOUND');
  });
});

describe('what a refused call is told', () => {
  it('the envelope with the code, or a problem with what may be told', async () => {
    const input = { body: { name: 'managing' } };
    const refused = await call('POST', '/tokens', input);
    expect([refused.status, refused.text]).toEqual([409, '{"success":false,"errors":["NAME_TAKEN"],"data":null}']);
    const told = await call('POST', '/tokens', { ...input, headers: problem });
    expect(told.answer.headers.get('content-type')).toBe('application/problem+json');
    expect(told.json).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'A token of this organization already has this name; choose another.',
      code: 'NAME_TAKEN',
    });
  });

  it('a missing permission by its name, in a header too', async () => {
    const dana = await installation.member('acme', 'dana');
    const { tokenText: by } = await dana.tokens.issue({ name: 'may not' });
    const refused = await call('GET', '/audit-events', { by });
    expect([refused.status, refused.text]).toEqual([403, '{"success":false,"errors":["Forbidden"],"data":null}']);
    expect(refused.answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
    expect(refused.answer.headers.get('latchkey-missing-permission')).toBe('CanManageIAM iam/*');
    expect((await call('GET', '/audit-events', { by, headers: problem })).json).toMatchObject({
      code: 'NOT_ALLOWED',
      details: { action: 'CanManageIAM' },
    });
  });

  const unknownId = '/tokens/zzzzzzzzzzzzzzzz';
  it.each([
    ['bad JSON', 'POST', '/tokens', '{"name":', {}, 400, 'BAD_JSON'],
    ['no object', 'POST', '/tokens', '["x"]', {}, 400, 'BAD_INPUT'],
    ['an unknown field', 'POST', '/tokens', '{"name":"x","surprise":1}', {}, 400, 'BAD_INPUT'],
    [
      'a field of the path in the body',
      'POST',
      `${unknownId}/rename`,
      '{"name":"x","tokenId":"y"}',
      {},
      400,
      'BAD_INPUT',
    ],
    ['a prototype', 'POST', '/tokens', '{"name":"x","__proto__":{"kind":"service"}}', {}, 400, 'BAD_INPUT'],
    ['no body where one is needed', 'POST', '/tokens', undefined, {}, 400, 'BAD_INPUT'],
    [
      'a form',
      'POST',
      '/tokens',
      'name=x',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['more than 1 MiB', 'POST', '/tokens', `{"name":"${'x'.repeat(2 ** 20)}"}`, {}, 413, 'BODY_TOO_LARGE'],
    ['an unknown parameter', 'GET', '/tokens?surprise=1', undefined, {}, 400, 'BAD_INPUT'],
    ['a parameter twice', 'GET', '/tokens?limit=1&limit=2', undefined, {}, 400, 'BAD_INPUT'],
    ['a parameter beside a body', 'POST', '/tokens?name=x', '{"name":"x"}', {}, 400, 'BAD_INPUT'],
    ['a number that is none', 'GET', '/tokens?limit=1e1', undefined, {}, 400, 'BAD_INPUT'],
    ['a truth that is none', 'GET', '/members?includeRemoved=yes', undefined, {}, 400, 'BAD_INPUT'],
    ['an id that can not be one', 'GET', '/tokens/%00', undefined, {}, 400, 'BAD_INPUT'],
    ['an id that is no text', 'GET', '/tokens/%ff', undefined, {}, 404, 'NOT_FOUND'],
    ['a path that is not there', 'GET', '/tokens/', undefined, {}, 404, 'NOT_FOUND'],
    ['a path in capitals', 'GET', '/Tokens', undefined, {}, 404, 'NOT_FOUND'],
    ['another method', 'PUT', '/tokens', '{}', {}, 405, 'METHOD_NOT_ALLOWED'],
  ] as const)('%s', async (_, method, path, body, headers, status, code) => {
    const refused = await call(method, path, { body, headers: { ...problem, ...headers } });
    expect(refused.json).toMatchObject({ status, code });
  });

  it('405 names the methods that there are', async () => {
    expect((await call('PUT', '/tokens', { body: {} })).answer.headers.get('allow')).toBe('POST, GET');
  });

  it('a surprise is logged, and tells an incident id and nothing else (ALLOW-LISTED-OUTPUT)', async () => {
    const { store } = installation.deps;
    const listSome = () => Promise.reject(new Error('a row of somebody'));
    const broken = await serveHttp({
      ...installation.deps,
      store: { ...store, tokens: { ...store.tokens, listSome } },
    });
    try {
      const answer = await fetch(`${broken.url}/api/v1/tokens`, {
        headers: { authorization: `Bearer ${managing}`, ...problem },
      });
      const told = await answer.text();
      expect(JSON.parse(told)).toMatchObject({
        status: 500,
        code: 'INTERNAL',
        details: { incidentId: expect.any(String) },
      });
      expect(told).not.toContain('a row of somebody');
      expect(broken.logged()).toContain('a row of somebody');
    } finally {
      await broken.close();
    }
  });
});

describe('a member by session', () => {
  it('may read, and change things by JSON from the console alone', async () => {
    const cookie = await http.signIn('acme', 'olivia');
    const by = { by: null, headers: { cookie } } as const;
    expect((await call('GET', '/self', by)).json.data).toMatchObject({ type: 'member' });
    const own = { cookie, origin: http.url };
    expect((await call('POST', '/tokens', { by: null, body: { name: 'by session' }, headers: own })).status).toBe(200);
    const foreign = { cookie, origin: 'https://evil.example' };
    expect((await call('POST', '/tokens', { by: null, body: { name: 'x' }, headers: foreign })).status).toBe(403);
    // What a page can send without asking first: nothing at all, or a form.
    const { token } = await (await installation.member('acme', 'olivia')).tokens.issue({ name: 'stays' });
    for (const headers of [own, { ...own, 'content-type': 'text/plain' }]) {
      const refused = await call('POST', `/tokens/${token.tokenId}/revoke`, { by: null, headers });
      expect(refused.status).toBe(415);
    }
  });
});
