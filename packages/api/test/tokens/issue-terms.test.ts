import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let dana: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  dana = await installation.member('acme', 'dana');
});
afterAll(() => installation.close());

const stored = async () =>
  (await installation.sql<{ count: number }>('select count(*)::int as count from latchkey.token'))[0];

describe('what is refused stores nothing', () => {
  const statement = {
    effect: 'allow',
    resourceType: 'flag',
    actions: ['ToggleFlag'],
    resources: ['project/*:env/*:flag/*'],
  };
  type Issue = Parameters<Caller['tokens']['issue']>[0];
  const cases: readonly (readonly [string, string, Issue])[] = [
    ['a control character in the name', 'NAME_INVALID', { name: 'a\u0007b' }],
    ['white space at the end of the name', 'NAME_INVALID', { name: 'laptop ' }],
    ['NUL in the description', 'BAD_INPUT', { name: 'a', description: 'a\0b' }],
    ['a lone surrogate in the description', 'BAD_INPUT', { name: 'a', description: 'a\ud800' }],
    ['an expiry in the past', 'EXPIRY_IN_PAST', { name: 'a', expiresAt: '2001-01-01T00:00:00Z' }],
    ['an expiry without a zone', 'BAD_INPUT', { name: 'a', expiresAt: '2101-01-01T00:00:00' }],
    ['no address range', 'ADDRESS_RANGE_INVALID', { name: 'a', addressRanges: ['10.0.0.1/8'] }],
    ['an unknown field', 'BAD_INPUT', { name: 'a', scope: 'all' } as Issue],
    ['an empty list of statements', 'BAD_INPUT', { name: 'a', permissions: { type: 'statements', statements: [] } }],
    [
      'an unknown action',
      'PERMISSIONS_INVALID',
      { name: 'a', permissions: { type: 'statements', statements: [{ ...statement, actions: ['FlyAway'] }] } },
    ],
    [
      'an unknown effect',
      'PERMISSIONS_INVALID',
      { name: 'a', permissions: { type: 'statements', statements: [{ ...statement, effect: 'maybe' }] } },
    ],
    [
      'more than 100 statements',
      'PERMISSIONS_INVALID',
      { name: 'a', permissions: { type: 'statements', statements: Array(101).fill(statement) } },
    ],
    [
      'more than 64 KiB of statements',
      'PERMISSIONS_INVALID',
      {
        name: 'a',
        permissions: {
          type: 'statements',
          statements: Array(100).fill({ ...statement, description: 'd'.repeat(800) }),
        },
      },
    ],
    [
      'a policy that is not there',
      'PERMISSIONS_INVALID',
      { name: 'a', permissions: { type: 'policies', policyIds: ['no-such'] } },
    ],
    [
      'full access limited to a project',
      'PERMISSIONS_INVALID',
      { name: 'a', permissions: { type: 'ability', ability: 'full_access', project: 'shop' } },
    ],
    ['a service token without permissions', 'PERMISSIONS_INVALID', { kind: 'service', name: 'a' }],
    [
      'a service token that inherits',
      'PERMISSIONS_INVALID',
      { kind: 'service', name: 'a', permissions: { type: 'inherit' } },
    ],
  ];

  it.each(cases)('%s', async (_, code, input) => {
    const before = await stored();
    expect((await refusal(dana.tokens.issue(input))).code).toBe(code);
    expect(await stored()).toEqual(before);
  });
});

it('a problem names its place and repeats nothing of what was sent', async () => {
  const secret = 'hunter2-hunter2';
  const refused = await refusal(dana.tokens.issue({ name: 'a', kind: secret } as never));
  expect(refused).toMatchObject({ code: 'BAD_INPUT', details: { problems: [{ path: 'kind' }] } });
  expect(JSON.stringify(refused)).not.toContain(secret);
  // A field's name is the caller's text as well: one that isn't a plain word is not repeated.
  expect((await refusal(dana.tokens.issue({ name: 'a', [`x ${secret}`]: 1 } as never))).details).toEqual({
    problems: [{ path: '?', code: 'unrecognized_keys', message: 'There is no such field.' }],
  });
  const statements = [{ effect: 'allow', resourceType: 'flag', actions: ['FlyAway'], resources: ['*'] }];
  expect(
    await refusal(dana.tokens.issue({ name: 'a', permissions: { type: 'statements', statements } })),
  ).toMatchObject({
    details: { problems: [{ path: 'permissions.statements[0].actions[0]', code: 'unknown_action' }] },
  });
});

it('a token in a text field is refused, not stored, not repeated and not logged', async () => {
  const { tokenText } = await dana.tokens.issue({ name: 'canary' });
  const before = await stored();
  const fields = [
    { name: tokenText },
    { name: 'b', description: `my token is ${tokenText}!` },
    { name: 'b', project: tokenText },
  ];
  for (const input of fields) {
    const refused = await refusal(dana.tokens.issue(input));
    expect(refused).toMatchObject({ code: 'TEXT_CONTAINS_TOKEN', details: { field: Object.keys(input).at(-1) } });
    expect(JSON.stringify(refused)).not.toContain(tokenText.slice(30));
  }
  expect(await stored()).toEqual(before);
  expect(installation.logged.join()).not.toContain(tokenText.slice(30));
});

it('a name is taken whatever its case, until its token is revoked', async () => {
  const { token } = await dana.tokens.issue({ name: 'Straße' });
  const devin = await installation.member('acme', 'devin');
  expect((await refusal(devin.tokens.issue({ name: 'STRASSE' }))).code).toBe('NAME_TAKEN');
  await dana.tokens.revoke({ tokenId: token.tokenId });
  expect((await devin.tokens.issue({ name: 'STRASSE' })).token.name).toBe('STRASSE');
  // Another organization's names are its own.
  const gina = await installation.member('globex', 'gina');
  expect((await gina.tokens.issue({ name: 'STRASSE' })).token.name).toBe('STRASSE');
});

it('of twenty at once with one name one is issued', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => dana.tokens.issue({ name: 'one of many' })),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const codes = await Promise.all(
    outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [refusal(Promise.reject(outcome.reason))] : [])),
  );
  expect(new Set(codes.map(({ code }) => code))).toEqual(new Set(['NAME_TAKEN']));
});

it('expiry and address ranges are kept, and count', async () => {
  const expiresAt = '2100-01-01T08:00:00.000+08:00';
  const { token, tokenText } = await dana.tokens.issue({
    name: 'abroad',
    expiresAt,
    addressRanges: ['198.51.100.0/24'],
  });
  expect(token).toMatchObject({ expiresAt: '2100-01-01T00:00:00.000Z', addressRanges: ['198.51.100.0/24'] });
  const { verify } = installation.verifier();
  expect(await verify.verify({ presentedToken: tokenText, address: '198.51.100.9' })).toMatchObject({ accepted: true });
  for (const address of ['203.0.113.9', undefined]) {
    const verdict = await verify.verify({ presentedToken: tokenText, ...(address && { address }) });
    expect(verdict).toEqual({ accepted: false, status: 403, reason: 'address' });
  }
});
