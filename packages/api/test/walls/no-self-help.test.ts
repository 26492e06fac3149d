import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal, refusals } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
let dana: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
  dana = await installation.member('acme', 'dana');
});
afterAll(() => installation.close());

type Issue = Parameters<Caller['tokens']['issue']>[0];
let names = 0;
/** A fresh token of that member's, and whoever presents it. */
const bearerOf = async (member: Caller, input: Partial<Issue> = {}) => {
  const issued = await member.tokens.issue({ name: `bearer ${++names}`, ...input });
  return { ...issued, as: await installation.token(issued.tokenText) };
};

const toggles = {
  effect: 'allow',
  resourceType: 'flag',
  actions: ['ToggleFlag'],
  resources: ['project/shop:env/*:flag/*'],
};
const manages = {
  effect: 'allow',
  resourceType: 'access-token',
  actions: ['ManagePersonalAccessTokens', 'ManageServiceAccessTokens'],
  resources: ['access-token/*'],
};
const statements = (...list: object[]) => ({
  type: 'statements' as const,
  statements: list as Record<string, unknown>[],
});

describe('NO-SELF-HELP', () => {
  it('a token that was not given it lists, issues and manages nothing; it sees itself', async () => {
    const plain = await bearerOf(dana);
    const { tokenId } = plain.token;
    const other = await dana.tokens.issue({ name: `other ${++names}` });
    expect((await plain.as.tokens.list()).items.map((token) => token.tokenId)).toEqual([tokenId]);
    expect((await plain.as.tokens.list({ kind: 'service' })).items).toEqual([]);
    expect(await plain.as.tokens.get({ tokenId })).toMatchObject({ tokenId });
    expect(await refusal(plain.as.tokens.get({ tokenId: other.token.tokenId }))).toEqual({
      code: 'NOT_FOUND',
      details: {},
    });
    const missing = { code: 'NOT_ALLOWED', details: { action: 'ManagePersonalAccessTokens', layer: 'token' } };
    for (const refused of await refusals([
      plain.as.tokens.issue({ name: 'offspring' }),
      plain.as.tokens.rename({ tokenId, name: 'x' }),
      plain.as.tokens.activate({ tokenId }),
      plain.as.tokens.clone({ tokenId, name: 'x' }),
      plain.as.tokens.extend({ tokenId, expiresAt: null }),
      plain.as.tokens.changePermissions({ tokenId, permissions: { type: 'inherit' } }),
    ])) {
      expect(refused).toMatchObject(missing);
    }
    for (const { code } of await refusals([
      plain.as.tokens.handOver({ tokenId, name: 'x', permissions: statements(toggles) }),
      plain.as.tokens.bulk({ action: 'revoke', filter: { kind: 'service' } }),
      plain.as.settings.update({ maxGraceMs: 0 }),
      plain.as.members.previewRemoval({ memberId: 'dana' }),
    ])) {
      expect(code).toBe('NOT_ALLOWED');
    }
    // Of its owner's others it stops none, whatever it asks for.
    expect(await plain.as.tokens.bulk({ action: 'revoke', filter: { ownerId: 'dana' } })).toMatchObject({
      stoppedCount: 0,
      items: [],
    });
    expect((await refusal(plain.as.tokens.rotate({ tokenId: other.token.tokenId }))).code).toBe('NOT_FOUND');
    expect((await refusal(plain.as.members.list())).code).toBe('NOT_ALLOWED');
    // Its owner administers; this token inherits that, being no managing of tokens.
    const owners = await bearerOf(olivia);
    expect((await owners.as.members.list()).items.length).toBeGreaterThan(3);
  });

  it('issues no token that can do more than it, of either kind', async () => {
    const narrow = await bearerOf(dana, { permissions: statements(toggles, manages) });
    const wide = {
      effect: 'allow',
      resourceType: 'flag',
      actions: ['DeleteFlag'],
      resources: ['project/*:env/*:flag/*'],
    };
    for (const refused of await refusals([
      narrow.as.tokens.issue({ name: 'w1' }),
      narrow.as.tokens.issue({ name: 'w2', permissions: { type: 'inherit', manageTokens: true } }),
      narrow.as.tokens.issue({ name: 'w3', permissions: statements(wide) }),
      narrow.as.tokens.issue({ name: 'w4', permissions: { type: 'policies', policyIds: ['developer'] } }),
      narrow.as.tokens.issue({ name: 'w5', kind: 'service', permissions: statements(wide) }),
      narrow.as.tokens.issue({ name: 'w6', kind: 'service', permissions: { type: 'ability', ability: 'full_access' } }),
    ])) {
      expect(refused.code).toBe('PERMISSIONS_NOT_COVERED');
    }
    const child = await narrow.as.tokens.issue({ name: `child ${++names}`, permissions: statements(toggles) });
    expect(child.token).toMatchObject({
      ownerId: 'dana',
      parentTokenId: narrow.token.tokenId,
      issuer: { type: 'token', id: narrow.token.tokenId, name: narrow.token.name, removed: false },
    });
    const service = await narrow.as.tokens.issue({
      name: `bot ${++names}`,
      kind: 'service',
      permissions: statements(toggles),
    });
    expect(service.token.parentTokenId).toBe(narrow.token.tokenId);
  });

  it('rotates and activates none of its owner that can do more than it', async () => {
    const narrow = await bearerOf(dana, { permissions: statements(toggles, manages) });
    const { tokenId } = (await dana.tokens.issue({ name: `wide ${++names}` })).token;
    expect((await refusal(narrow.as.tokens.rotate({ tokenId }))).code).toBe('PERMISSIONS_NOT_COVERED');
    await narrow.as.tokens.deactivate({ tokenId });
    expect((await refusal(narrow.as.tokens.activate({ tokenId }))).code).toBe('PERMISSIONS_NOT_COVERED');
    await dana.tokens.activate({ tokenId });
  });

  it('what it issues outlives it by nothing and reaches no further', async () => {
    const expiresAt = '2100-01-01T00:00:00.000Z';
    const parent = await bearerOf(dana, {
      permissions: { type: 'inherit', manageTokens: true },
      expiresAt,
      addressRanges: ['192.0.2.0/24'],
    });
    const addressRanges = ['192.0.2.0/25'];
    const issue = (input: Partial<Issue>) =>
      parent.as.tokens.issue({ name: `child ${++names}`, expiresAt, addressRanges, ...input });
    expect(await refusal(parent.as.tokens.issue({ name: 'c', addressRanges }))).toEqual({
      code: 'EXPIRY_AFTER_PARENT',
      details: { latest: expiresAt },
    });
    expect((await refusal(issue({ expiresAt: '2100-01-01T00:00:00.001Z' }))).code).toBe('EXPIRY_AFTER_PARENT');
    for (const ranges of [[], ['192.0.0.0/16'], ['192.0.2.0/25', '198.51.100.7']]) {
      expect((await refusal(issue({ addressRanges: ranges }))).code).toBe('ADDRESS_OUTSIDE_PARENT');
    }
    expect((await issue({})).token).toMatchObject({ expiresAt, addressRanges });
  });

  it('a service token issues nothing, whatever it was given', async () => {
    const permissions = statements(manages, toggles);
    const bot = await bearerOf(olivia, { kind: 'service', permissions });
    for (const refused of await refusals([
      bot.as.tokens.issue({ name: 'offspring' }),
      bot.as.tokens.issue({ name: 'offspring', kind: 'service', permissions: statements(toggles) }),
    ])) {
      expect(refused.code).toBe('CREDENTIAL_KIND');
    }
    expect((await bot.as.tokens.list()).items.map(({ tokenId }) => tokenId)).toEqual([bot.token.tokenId]);
  });

  it('rotates itself, with its newest secret only', async () => {
    const plain = await bearerOf(dana);
    const { tokenId } = plain.token;
    const rotated = await plain.as.tokens.rotate({ tokenId });
    const older = await installation.token(plain.tokenText);
    expect(await refusal(older.tokens.rotate({ tokenId, cutOlder: true }))).toEqual({
      code: 'SECRET_SUPERSEDED',
      details: {},
    });
    const newer = await installation.token(rotated.tokenText);
    expect((await newer.tokens.rotate({ tokenId, cutOlder: true })).token.secrets).toHaveLength(2);
  });

  it('a token revoked in mid-call changes nothing', async () => {
    const plain = await bearerOf(dana, { permissions: { type: 'inherit', manageTokens: true } });
    await dana.tokens.revoke({ tokenId: plain.token.tokenId });
    expect((await refusal(plain.as.tokens.issue({ name: 'too late' }))).code).toBe('UNAUTHORIZED');
  });

  it('no token makes its owner more than it is', async () => {
    const { memberId } = await olivia.members.add({
      email: 'ada@acme.example',
      name: 'Ada',
      policyIds: ['administrator'],
    });
    const ada = await installation.member('acme', memberId);
    const bearer = await bearerOf(ada, { permissions: { type: 'inherit', manageTokens: true } });
    for (const caller of [ada, bearer.as]) {
      expect(await refusal(caller.members.setPolicies({ memberId, policyIds: ['owner'] }))).toMatchObject({
        code: 'GRANT_NOT_COVERED',
        details: { counterexample: { action: expect.any(String), resource: expect.any(String) } },
      });
    }
  });
});
