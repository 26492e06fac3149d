import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, startInstallation } from './harness/installation.ts';
import { type MemberSession, refusalOf } from './harness/session.ts';

let latchkey: Installation;
let olivia: MemberSession;
let dana: MemberSession;
beforeAll(async () => {
  latchkey = await startInstallation();
  [olivia, dana] = [await latchkey.signIn('acme', 'olivia'), await latchkey.signIn('acme', 'dana')];
});
afterAll(() => latchkey?.stop());

const rows = async () => {
  const { rows: counted } = await latchkey.admin.query(
    `SELECT (SELECT count(*) FROM latchkey.token)::int AS tokens, (SELECT count(*) FROM latchkey.secret)::int AS secrets,
            (SELECT count(*) FROM latchkey.audit_event WHERE action <> 'call.denied')::int AS events, (SELECT count(*) FROM iam.policy)::int AS policies`,
  );
  return counted[0];
};

/** Nothing is stored, and the process goes on, whatever `attempt` sends. */
const changesNothing = async (attempt: () => Promise<void>) => {
  const before = await rows();
  await attempt();
  expect(await rows()).toEqual(before);
  expect((await fetch(`${latchkey.url}/livez`)).status).toBe(200);
};

/** Sends bytes as they are and gives the status line and the body. */
const raw = (bytes: string): Promise<string> =>
  new Promise((done, failed) => {
    const { hostname, port } = new URL(latchkey.url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket
      .on('data', (chunk) => {
        text += chunk;
      })
      .on('close', () => done(text))
      .on('error', (error) => (text ? done(text) : failed(error)));
  });

const post = (path: string, body: string, headers: Record<string, string>) =>
  fetch(`${latchkey.url}/trpc/${path}`, {
    method: 'POST',
    body,
    headers: { cookie: dana.cookie, origin: latchkey.url, ...headers },
  });

const codeOf = async (response: Response) => {
  const body = (await response.json()) as { error?: { data?: { code?: string } } };
  return [response.status, body.error?.data?.code];
};

describe('what is wrong with an HTTP request is said with a stable code', () => {
  const json = { 'content-type': 'application/json' };

  it.each([
    ['bad JSON', '{"name":', json, [400, 'BAD_JSON']],
    ['an unknown field', '{"name":"x","surprise":1}', json, [400, 'BAD_INPUT']],
    ['a missing field', '{}', json, [400, 'BAD_INPUT']],
    ['something that is no object', '"name"', json, [400, 'BAD_INPUT']],
    [
      'a multipart form',
      '--b\r\n\r\n--b--',
      { 'content-type': 'multipart/form-data; boundary=b' },
      [415, 'UNSUPPORTED_MEDIA_TYPE'],
    ],
    ['a form', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' }, [415, 'UNSUPPORTED_MEDIA_TYPE']],
    ['plain text', '{"name":"x"}', { 'content-type': 'text/plain' }, [415, 'UNSUPPORTED_MEDIA_TYPE']],
    ['2 MiB', `{"name":"${'x'.repeat(2 ** 21)}"}`, json, [413, 'BODY_TOO_LARGE']],
  ] as const)('%s', async (_, body, headers, expected) => {
    await changesNothing(async () => {
      expect(await codeOf(await post('tokens.issue', body, headers))).toEqual(expected);
    });
  });

  it('another origin', async () => {
    await changesNothing(async () => {
      const response = await post('tokens.issue', '{"name":"x"}', { ...json, origin: 'https://evil.example' });
      expect(await codeOf(response)).toEqual([403, 'CROSS_SITE']);
    });
  });

  it('a batch of a thousand', async () => {
    await changesNothing(async () => {
      const calls = Array.from({ length: 1_000 }, () => 'self.whoami').join(',');
      const response = await fetch(`${latchkey.url}/trpc/${calls}?batch=1`, { headers: { cookie: dana.cookie } });
      expect(await codeOf(response)).toEqual([413, 'BATCH_TOO_LARGE']);
    });
  });

  it('two credentials, and a credential in the wrong place', async () => {
    await changesNothing(async () => {
      const both = await fetch(`${latchkey.url}/trpc/self.whoami`, {
        headers: { cookie: dana.cookie, authorization: `Bearer ${latchkey.demoToken}` },
      });
      expect(both.status).toBe(400);
      const twice = await raw(
        `GET /trpc/self.whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${latchkey.demoToken}\r\n` +
          `Authorization: Bearer ${latchkey.demoToken}\r\nConnection: close\r\n\r\n`,
      );
      expect(twice).toMatch(/^HTTP\/1\.1 400 [\s\S]*TOO_MANY_CREDENTIALS/);
      const inUrl = await fetch(`${latchkey.url}/trpc/self.whoami?access_token=${latchkey.demoToken}`);
      expect(inUrl.status).toBe(400);
      expect(await inUrl.text()).not.toContain(latchkey.demoToken);
    });
  });

  it('headers that are malformed, oversized or too many', async () => {
    await changesNothing(async () => {
      const get = (headers: string) =>
        raw(`GET /trpc/self.whoami HTTP/1.1\r\nHost: x\r\n${headers}Connection: close\r\n\r\n`);
      expect(await get('Authorization\r\n')).toMatch(/^HTTP\/1\.1 400 /);
      expect(await get(`Authorization: Bearer ${'x'.repeat(64 * 1024)}\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
      expect(await get('X-A: 1\r\n'.repeat(2_100))).toMatch(/^HTTP\/1\.1 (400|431) /);
      expect(await get('Authorization: Bearer \0\r\n')).toMatch(/^HTTP\/1\.1 400 /);
      expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    });
  });

  it('a call that the caller abandons in the middle', async () => {
    await changesNothing(
      () =>
        new Promise<void>((done) => {
          const request = httpRequest(`${latchkey.url}/trpc/tokens.issue`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'content-length': 1_000, cookie: dana.cookie },
          });
          request.on('error', () => undefined).on('close', () => done());
          request.write('{"name":');
          setImmediate(() => request.destroy());
        }),
    );
  });
});

describe('over REST and the OAuth endpoints it is the same', () => {
  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const problem = { accept: 'application/problem+json' };

  it.each([
    ['bad JSON', '{"name":', json, [400, 'BAD_JSON']],
    ['an unknown field', '{"name":"x","surprise":1}', json, [400, 'BAD_INPUT']],
    ['something that is no object', '["name"]', json, [400, 'BAD_INPUT']],
    ['a form', 'name=x', form, [415, 'UNSUPPORTED_MEDIA_TYPE']],
    ['2 MiB', `{"name":"${'x'.repeat(2 ** 21)}"}`, json, [413, 'BODY_TOO_LARGE']],
  ] as const)('a call over REST with %s', async (_, body, headers, expected) => {
    await changesNothing(async () => {
      const authorization = { cookie: dana.cookie, origin: latchkey.url };
      const answer = await fetch(`${latchkey.url}/api/v1/tokens`, {
        method: 'POST',
        body,
        headers: { ...authorization, ...problem, ...headers },
      });
      const { code } = (await answer.json()) as { code?: string };
      expect([answer.status, code]).toEqual(expected);
    });
  });

  it.each([
    ['introspection with JSON', 'introspect', '{"token":"x"}', json, [415, 'invalid_request']],
    ['introspection of two tokens', 'introspect', 'token=a&token=b', form, [400, 'invalid_request']],
    ['introspection of nothing', 'introspect', 'token=', form, [400, 'invalid_request']],
    ['revocation of 2 MiB', 'revoke', `token=${'x'.repeat(2 ** 21)}`, form, [413, 'invalid_request']],
    ['revocation with a secret in the body', 'revoke', 'token=a&client_secret=b', form, [400, 'invalid_request']],
  ] as const)('%s', async (_, endpoint, body, headers, expected) => {
    await changesNothing(async () => {
      const authorization = `Bearer ${latchkey.verifierCredential}`;
      const answer = await fetch(`${latchkey.url}/oauth/${endpoint}`, {
        method: 'POST',
        body,
        headers: { authorization, ...headers },
      });
      const { error } = (await answer.json()) as { error?: string };
      expect([answer.status, error]).toEqual(expected);
    });
  });

  it('a made-up token is inactive, revoked already, and nobody behind a proxy', async () => {
    await changesNothing(async () => {
      const verifier = latchkey.verifierCredential;
      const authorization = `Bearer ${verifier}`;
      for (const token of ['x', `${latchkey.demoToken}A`, latchkey.demoToken.replace('_pat_', '_svc_')]) {
        const body = new URLSearchParams({ token });
        const asked = { method: 'POST', body, headers: { authorization } };
        expect(await (await fetch(`${latchkey.url}/oauth/introspect`, asked)).json()).toEqual({ active: false });
        expect((await fetch(`${latchkey.url}/oauth/revoke`, { method: 'POST', body })).status).toBe(200);
        const headers = { 'latchkey-verifier': verifier, authorization: `Bearer ${token}` };
        expect((await fetch(`${latchkey.url}/forward-auth`, { headers })).status).toBe(401);
      }
    });
  });
});

describe('what is wrong with an input is said with a stable code', () => {
  const token = () => latchkey.demoToken;

  it.each([
    ['a name of control characters', { name: 'a\u0007b' }, 'NAME_INVALID'],
    ['a name that turns the line around', { name: 'a\u202eb' }, 'NAME_INVALID'],
    ['a name of nothing visible', { name: '\u200b' }, 'NAME_INVALID'],
    ['a name that is too long', { name: 'x'.repeat(129) }, 'NAME_INVALID'],
    ['an expiry in the past', { name: 'x', expiresAt: '2001-01-01T00:00:00Z' }, 'EXPIRY_IN_PAST'],
    ['an expiry without a zone', { name: 'x', expiresAt: '2101-01-01T00:00:00' }, 'BAD_INPUT'],
    ['an address range that is none', { name: 'x', addressRanges: ['10.0.0.0/33'] }, 'ADDRESS_RANGE_INVALID'],
    [
      'a statement with an unknown key',
      {
        name: 'x',
        permissions: {
          type: 'statements' as const,
          statements: [{ effect: 'allow', actions: ['*'], resources: ['*'], conditions: [] }],
        },
      },
      'PERMISSIONS_INVALID',
    ],
    [
      'a statement with a misspelled effect',
      {
        name: 'x',
        permissions: {
          type: 'statements' as const,
          statements: [{ resourceType: 'flag', effect: 'Allow', actions: ['ToggleFlag'], resources: ['*'] }],
        },
      },
      'PERMISSIONS_INVALID',
    ],
  ] as const)('%s', async (_, input, code) => {
    await changesNothing(async () => {
      const refused = await refusalOf(dana.api.tokens.issue.mutate(structuredClone(input) as never));
      expect(refused.code).toBe(code);
    });
  });

  it.each(['name', 'description'] as const)('a token pasted into the %s, which is not repeated', async (field) => {
    await changesNothing(async () => {
      const attempt = dana.api.tokens.issue.mutate({ name: 'x', [field]: `my token ${token()}` });
      const error = await attempt.catch((thrown: unknown) => thrown);
      expect((await refusalOf(attempt)).code).toBe('TEXT_CONTAINS_TOKEN');
      expect(JSON.stringify(error)).not.toContain(token());
    });
    expect(latchkey.logs()).not.toContain(token());
  });

  it('a policy with an action that the catalogue does not know', async () => {
    await changesNothing(async () => {
      const refused = await refusalOf(
        olivia.api.policies.create.mutate({
          name: 'misspelled',
          statements: [
            { resourceType: 'flag', effect: 'allow', actions: ['TogleFlag'], resources: ['project/*:env/*:flag/*'] },
          ],
        }),
      );
      expect(refused.code).toBe('PERMISSIONS_INVALID');
      expect(refused.details['problems']).toMatchObject([{ path: 'statements[0].actions[0]', code: 'unknown_action' }]);
    });
  });

  const flagStatement = (change: Record<string, unknown>) => [
    {
      resourceType: 'flag',
      effect: 'allow',
      actions: ['ToggleFlag'],
      resources: ['project/*:env/*:flag/*'],
      ...change,
    },
  ];

  it.each([
    ["a policy's name", () => olivia.api.policies.create.mutate({ name: 'a\0b', statements: flagStatement({}) })],
    [
      "a policy's description",
      () => olivia.api.policies.create.mutate({ name: 'nul', description: 'a\0b', statements: flagStatement({}) }),
    ],
    [
      "a statement's description",
      () => olivia.api.policies.create.mutate({ name: 'nul', statements: flagStatement({ description: 'a\0b' }) }),
    ],
    [
      "a statement's id",
      () => olivia.api.policies.create.mutate({ name: 'nul', statements: flagStatement({ id: '\ud800' }) }),
    ],
    [
      'a resource',
      () =>
        olivia.api.policies.create.mutate({ name: 'nul', statements: flagStatement({ resources: ['project/\0'] }) }),
    ],
    ["a member's name", () => olivia.api.members.add.mutate({ name: 'a\0b', email: 'nul@acme.example' })],
    [
      "a member's attribute",
      () => olivia.api.members.add.mutate({ name: 'n', email: 'nul@acme.example', attributes: { a: ['\0'] } }),
    ],
    ["a group's name", () => olivia.api.groups.create.mutate({ name: 'a\0b' })],
    ["a token's description", () => dana.api.tokens.issue.mutate({ name: 'nul', description: 'a\0b' })],
    ["a token's project", () => dana.api.tokens.issue.mutate({ name: 'nul', project: 'a\0b' })],
    ['a reason', () => dana.api.tokens.revoke.mutate({ tokenId: '0000000000000000', reason: 'a\0b' })],
    ['a search', () => olivia.api.members.list.query({ search: 'a\0b' })],
    ['a filter', () => olivia.api.tokens.list.query({ nameContains: 'a\0b' })],
  ] as const)('a NUL or half a character in %s, which the database could not keep', async (_, attempt) => {
    await changesNothing(async () => {
      const outcome = await attempt().then(
        (answer) => ({ items: (answer as { items?: unknown[] }).items }),
        (error: unknown) => refusalOf(Promise.reject(error)),
      );
      // A search for what can't be there finds nothing; everything else is refused as what it is: bad input.
      if ('items' in outcome) expect(outcome.items).toEqual([]);
      else expect([400, 404]).toContain(outcome.httpStatus);
    });
  });

  it('a cursor that nobody signed', async () => {
    expect((await refusalOf(dana.api.tokens.list.query({ cursor: 'x.y' }))).code).toBe('CURSOR_INVALID');
  });
});
