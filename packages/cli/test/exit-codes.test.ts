import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FarSide, startFarSide } from './far-side.ts';
import { errorOf, run } from './latchkey-process.ts';
import { tokenText } from './token-text.ts';
import { TOKEN_ID, whoamiView } from './token-views.ts';

let far: FarSide;
let variables: Record<string, string>;
const TOKEN = tokenText();
beforeAll(async () => {
  far = await startFarSide();
  variables = { LATCHKEY_URL: far.url, LATCHKEY_TOKEN: TOKEN };
});
afterAll(() => far.stop());

const refusing = (code: string, httpStatus: number, details = {}) =>
  far.on('self.whoami', () => ({ refuse: { code, httpStatus, details } }));

describe('the exit code', () => {
  it('is 0 where it was done', async () => {
    far.on('self.whoami', () => ({ data: whoamiView() }));
    const { code, out, err } = await run(['whoami'], variables);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toEqual(whoamiView());
    expect(far.calls.at(-1)?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'user-agent': expect.stringMatching(/^latchkey-cli\/\d/),
    });
  });

  it.each([
    ['HOST_UNAVAILABLE', 503, 1],
    ['INTERNAL', 500, 1],
    ['TOO_MANY_REQUESTS', 429, 1],
    ['BAD_INPUT', 400, 2],
    ['NOT_FOUND', 404, 3],
    ['UNAUTHORIZED', 401, 4],
    ['NOT_ALLOWED', 403, 5],
    ['ROTATION_IN_GRACE', 409, 6],
    ['EXPIRY_TOO_FAR', 422, 6],
  ])('follows the refusal %s (%i): %i', async (code, httpStatus, exit) => {
    refusing(code, httpStatus);
    const failed = await run(['whoami'], variables);
    expect([failed.code, failed.out]).toEqual([exit, '']);
    expect(errorOf(failed)).toMatchObject({ code, exitCode: exit });
    expect(failed.err).not.toContain(TOKEN);
  });

  it('says what is missing, and a refusal that it does not know in the words of the server', async () => {
    refusing('NOT_ALLOWED', 403, { action: 'ListAccessTokens', resource: 'access-token/*' });
    expect(errorOf(await run(['whoami'], variables)).hint).toBe(
      'Ask an administrator for ListAccessTokens on access-token/*.',
    );
    refusing('MADE_IN_THE_FUTURE', 409);
    expect(errorOf(await run(['whoami'], variables))).toMatchObject({
      code: 'MADE_IN_THE_FUTURE',
      message: 'As the server says it.',
      exitCode: 6,
    });
  });

  it.each([
    [['frobnicate'], 'UNKNOWN_COMMAND'],
    [['token', 'frobnicate'], 'UNKNOWN_COMMAND'],
    [['token'], 'COMMAND_INCOMPLETE'],
    [['whoami', '--loud'], 'UNKNOWN_OPTION'],
    [['whoami', 'now'], 'EXCESS_ARGUMENTS'],
    [['token', 'get'], 'MISSING_ARGUMENT'],
    [['token', 'list', '--limit'], 'MISSING_VALUE'],
    [['token', 'list', '--limit', '0'], 'VALUE_NOT_ALLOWED'],
    [['token', 'list', '--kind', 'odd'], 'VALUE_NOT_ALLOWED'],
    [['whoami', '--output', 'xml'], 'VALUE_NOT_ALLOWED'],
    [['whoami', '--lang', 'tlh'], 'VALUE_NOT_ALLOWED'],
    [['token', 'get', 'short'], 'TOKEN_ID_INVALID'],
    [['token', 'rotate', TOKEN_ID, '--grace', 'soon'], 'DURATION_INVALID'],
    [['token', 'issue', 'x', '--expires', '2027-01-01'], 'EXPIRY_INVALID'],
    [['token', 'issue', 'x', '--ability', 'read', '--policy', 'p'], 'OPTIONS_CONFLICT'],
    [['token', 'issue', 'x', '--within', 'shop'], 'OPTIONS_CONFLICT'],
    [['token', 'issue', 'x', '--env', 'NAME'], 'ENV_NEEDS_SAVE'],
    [['token', 'issue', 'x', '--show', '--save', 'f'], 'ONE_PLACE_FOR_SECRET'],
    [['token', 'issue', 'x', '--save', 'f', '--env', 'not a name'], 'VARIABLE_NAME_INVALID'],
    [['token', 'revoke', TOKEN_ID], 'CONFIRMATION_NEEDED'],
    [['whoami', '--profile', '../escape'], 'PROFILE_NAME_INVALID'],
    [['whoami', '--url', 'ftp://files.example'], 'URL_INVALID'],
    [['whoami', '--url', 'https://name:password@latchkey.example'], 'URL_INVALID'],
    [['whoami', '--url', 'http://latchkey.example'], 'URL_IN_CLEAR'],
  ])('is 2 for a wrong call, before anything was asked for: %j', async (args, code) => {
    const before = far.calls.length;
    const named = args.includes('--profile') ? { LATCHKEY_URL: far.url } : variables;
    const failed = await run(args, named);
    expect([errorOf(failed).code, failed.code, failed.out]).toEqual([code, 2, '']);
    expect(far.calls.length).toBe(before);
  });

  it.each([
    [{}, 'URL_MISSING'],
    [{ LATCHKEY_URL: 'https://latchkey.example' }, 'TOKEN_MISSING'],
    [{ LATCHKEY_URL: 'https://latchkey.example', LATCHKEY_TOKEN: `${TOKEN}x` }, 'TOKEN_MALFORMED'],
    [{ LATCHKEY_URL: 'https://latchkey.example', LATCHKEY_TOKEN: `${TOKEN.slice(0, -1)}\n\n` }, 'TOKEN_MALFORMED'],
  ])('is 4 where one has to sign in first: %#', async (given, code) => {
    const failed = await run(['whoami'], given);
    expect([errorOf(failed).code, failed.code]).toEqual([code, 4]);
    expect(failed.err).not.toContain(TOKEN.slice(24, 60));
  });

  it('is 1 where nobody answers, or somebody else', async () => {
    const gone = await startFarSide();
    await gone.stop();
    const away = await run(['whoami'], { ...variables, LATCHKEY_URL: gone.url });
    expect([away.code, errorOf(away).message]).toEqual([1, 'Latchkey could not be reached (ECONNREFUSED).']);
    far.on('self.whoami', () => ({ body: '<html>Welcome</html>' }));
    expect(errorOf(await run(['whoami'], variables)).code).toBe('ANSWER_NOT_UNDERSTOOD');
    far.on('self.whoami', () => ({ data: { type: 'something else' } }));
    expect(errorOf(await run(['whoami'], variables)).code).toBe('ANSWER_NOT_UNDERSTOOD');
  });

  it('is 0 or 5 for `can`, which names the missing permission and the layer', async () => {
    const asked = { action: 'ToggleFlag', resource: 'project/shop:env/prod:flag/checkout' };
    far.on('permissions.decide', () => ({ data: { decisions: [{ ...asked, decision: { effect: 'allow' } }] } }));
    const args = ['can', asked.action, asked.resource, '--output', 'table'];
    expect(await run(args, variables)).toEqual({ code: 0, out: 'DECISION  allowed\n', err: '' });
    expect(far.calls.at(-1)?.input).toEqual({ requests: [asked] });

    const decision = { effect: 'deny', because: 'no_allow', layer: 'owner', missing: asked };
    far.on('permissions.decide', () => ({ data: { decisions: [{ ...asked, decision }] } }));
    const denied = await run(args, variables);
    expect([denied.code, denied.err]).toEqual([5, '']);
    expect(denied.out).toContain('the permissions of its owner');
    expect(denied.out).toContain('ToggleFlag project/shop:env/prod:flag/checkout');
    far.on('permissions.decide', () => ({ data: { decisions: [] } }));
    expect((await run(args, variables)).code).toBe(1);
  });

  it("is 0 or 5 for `explain`, which tells in the caller's language what the server says", async () => {
    const asked = { action: 'ToggleFlag', resource: 'project/shop:flag/checkout' };
    const explained = {
      at: '2026-03-01T00:00:00.000Z',
      ...asked,
      outcome: 'deny',
      decidedBy: 'token',
      because: 'no_allow',
      says: 'no statement allows it',
      layers: [
        {
          layer: 'token',
          outcome: 'deny',
          because: 'no_allow',
          says: 'denied by the token',
          matched: [],
          matchedCount: 0,
          nearMisses: [
            {
              effect: 'allow',
              policy: null,
              number: 1,
              added: false,
              statement: { effect: 'allow', actions: ['ToggleFlag'], resources: ['project/other'] },
              missing: {
                what: 'path',
                pattern: 'project/other',
                segment: 0,
                wanted: 'project/other',
                found: 'project/shop',
              },
              says: 'would allow it, \u001b[31mbut',
            },
          ],
          nearMissCount: 3,
        },
      ],
      advice: ['ask for it'],
    };
    far.on('permissions.explain', () => ({ data: explained }));
    const args = ['explain', TOKEN_ID, asked.action, asked.resource];
    const table = await run([...args, '--output', 'table', '--lang', 'ja'], variables);
    expect([table.code, table.err]).toEqual([5, '']);
    expect(far.calls.at(-1)?.input).toEqual({ tokenId: TOKEN_ID, request: asked, language: 'ja' });
    for (const said of ['拒否', 'denied by the token', 'would allow it', 'ほか 2 件', '対処', 'ask for it']) {
      expect(table.out).toContain(said);
    }
    expect(table.out).not.toContain('\u001b[31m');
    const json = await run(args, variables);
    expect([json.code, JSON.parse(json.out)]).toEqual([5, explained]);

    far.on('permissions.explain', () => ({ data: { ...explained, outcome: 'allow', decidedBy: null, because: null } }));
    expect((await run(['explain', '--mine', asked.action, asked.resource], variables)).code).toBe(0);
    expect(far.calls.at(-1)?.input).toEqual({ request: asked, language: 'en' });
    const at = '2026-02-01T09:00:00+09:00';
    await run(['explain', '--mine', '--at', at, asked.action, asked.resource], variables);
    expect(far.calls.at(-1)?.input).toEqual({ request: asked, language: 'en', at });
    far.on('permissions.explain', () => ({
      data: { ...explained, outcome: 'unknown', decidedBy: null, because: null },
    }));
    expect((await run(args, variables)).code).toBe(5);

    const called = far.calls.length;
    expect(errorOf(await run(['explain', asked.action, asked.resource], variables)).code).toBe('MISSING_ARGUMENT');
    expect(errorOf(await run([...args, 'more'], variables)).code).toBe('EXCESS_ARGUMENTS');
    expect(errorOf(await run(['explain', '--mine', ...args.slice(1)], variables)).code).toBe('EXCESS_ARGUMENTS');
    expect(errorOf(await run(['explain', 'no-id', 'a', 'b'], variables)).code).toBe('TOKEN_ID_INVALID');
    expect(far.calls).toHaveLength(called);
  });

  it('is 5 for a text that was refused: of one that is no token nobody is asked', async () => {
    const asked = { action: 'ToggleFlag', resource: 'project/shop:flag/checkout' };
    const explained = {
      ...{ at: '2026-03-01T00:00:00.000Z', ...asked, outcome: 'deny', decidedBy: 'superseded', because: null },
      ...{ says: 'superseded', layers: [], advice: [] },
    };
    // Of a text that was refused only its id and its end leave this machine; what is no token isn't asked about at all.
    far.on('permissions.explain', () => ({ data: explained }));
    const refused = tokenText();
    const presented = ['explain', '--presented', '--address', '192.0.2.7', asked.action, asked.resource];
    expect((await run(presented, variables, { input: `${refused}\n` })).code).toBe(5);
    expect(far.calls.at(-1)?.input).toEqual({
      ...{ tokenId: refused.split('_')[2], hint: refused.slice(-4), address: '192.0.2.7' },
      ...{ request: asked, language: 'en' },
    });
    expect(JSON.stringify(far.calls.at(-1))).not.toContain(refused.slice(24, -4));
    await run(['explain', '--hint', 'wXyZ', TOKEN_ID, asked.action, asked.resource], variables);
    expect(far.calls.at(-1)?.input).toMatchObject({ tokenId: TOKEN_ID, hint: 'wXyZ' });
    const askedCount = far.calls.length;
    for (const [text, because] of [
      ['hunter2', 'shape'],
      [refused.replace(/.$/u, (last) => (last === 'a' ? 'b' : 'a')), 'checksum'],
    ] as const) {
      const told = await run(presented, variables, { input: text });
      expect([told.code, JSON.parse(told.out)]).toMatchObject([5, { outcome: 'deny', decidedBy: 'format', because }]);
      expect(told.out).not.toContain(text);
    }
    const both = await run(['explain', '--mine', '--presented', 'a', 'b'], variables);
    expect(errorOf(both).code).toBe('OPTIONS_CONFLICT');
    expect(far.calls.length).toBe(askedCount);
  });

  it('is 0 or 5 for `verify`, and 4 where the verifier credential itself is refused', async () => {
    const verifier = { LATCHKEY_URL: far.url, LATCHKEY_VERIFIER_CREDENTIAL: tokenText('system') };
    const token = {
      tokenId: TOKEN_ID,
      kind: 'personal',
      name: 'deploy',
      organizationId: 'acme',
      project: null,
      ownerId: 'dana',
    };
    const verify = (input = `${TOKEN}\n`) => run(['verify'], verifier, { input });
    far.on('verify.verify', () => ({ data: { accepted: true, token } }));
    const accepted = await verify();
    expect([accepted.code, JSON.parse(accepted.out)]).toEqual([0, { accepted: true, token }]);
    expect(far.calls.at(-1)?.input).toEqual({ presentedToken: TOKEN });

    far.on('verify.verify', () => ({ data: { accepted: false, status: 403, reason: 'inactive' } }));
    expect(await verify()).toMatchObject({ code: 5, err: '' });
    far.on('verify.verify', () => ({ data: { accepted: false, status: 401 } }));
    expect(await verify()).toMatchObject({ code: 5, err: '' });
    far.on('verify.verify', () => ({ refuse: { code: 'UNAUTHORIZED', httpStatus: 401 } }));
    expect((await verify()).code).toBe(4);
    expect((await run(['verify'], variables, { input: TOKEN })).code).toBe(4);
  });
});
