import { compilePermissions, decide, readHostPolicies, resource, type Segment } from '@latchkey/core/policy';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seedDemo } from '../src/index.ts';
import { at, type OpenDirectory, openDirectory } from './open-directory.ts';

let open: OpenDirectory;
beforeEach(async () => {
  open = await openDirectory();
  await open.run((tx) => seedDemo({ directory: open.directory, clock: { now: () => at('2026-03-01T12:00:00Z') } }, tx));
});
afterEach(() => open.close());

const idsOf = async (memberId: string) =>
  (await open.directory.host.findMember('globex', memberId))?.policies.map((policy) => policy.id);

const give = (memberId: string, policyIds: readonly string[], groupIds: readonly string[] = []) =>
  open.run((tx) => open.directory.members.setPolicies(tx, 'globex', memberId, { policyIds, groupIds }));

/** As Latchkey decides: the policies as the host gives them, read and compiled. */
const may = async (memberId: string, action: string, ...segments: readonly Segment[]): Promise<boolean> => {
  const member = await open.directory.host.findMember('globex', memberId);
  const read = readHostPolicies(member?.policies, 'launchdarkly');
  expect(read.unreadable).toEqual([]);
  const permissions = compilePermissions(read.policies, {
    dialect: 'launchdarkly',
    attributes: member?.attributes ?? {},
  });
  return decide(permissions, { action, resource: resource(...segments) }).effect === 'allow';
};

const critical: Segment = ['env', 'prod', { tags: [], properties: { critical: 'true' } }];
const ordinary: Segment = ['env', 'dev', { tags: ['qa_shop'], properties: {} }];
const flag: Segment = ['flag', 'checkout', { tags: [], properties: {} }];
const shop: Segment = ['proj', 'shop', { tags: [], properties: {} }];

describe('roles of a LaunchDarkly organization', () => {
  test('a custom role given to a member replaces its base role, whichever it is', async () => {
    for (const base of ['reader', 'writer', 'admin', 'owner']) {
      await give('rita', [base]);
      expect(await idsOf('rita')).toEqual([base]);
      await give('rita', [base, 'qa']);
      expect(await idsOf('rita')).toEqual(['qa']);
    }
    expect(await may('rita', 'viewProject', shop)).toBe(false);
    expect(await may('rita', 'updateOn', shop, ordinary, flag)).toBe(true);
    await give('rita', ['reader']);
    expect(await may('rita', 'viewProject', shop)).toBe(true);
  });

  test('what was replaced is still given, and shown as given', async () => {
    await give('rita', ['reader', 'qa']);
    expect(await open.directory.members.find('globex', 'rita')).toMatchObject({ directPolicyIds: ['qa', 'reader'] });
    expect(await open.directory.policies.membersWith('globex', 'reader')).toEqual([]);
  });

  test('roles of a team are added and replace nothing', async () => {
    await give('rita', ['reader'], ['token-holders']);
    expect(await idsOf('rita')).toEqual(['reader', 'own-access-tokens']);
    await give('rita', ['reader', 'qa'], ['token-holders']);
    expect(await idsOf('rita')).toEqual(['qa', 'own-access-tokens']);
  });

  test('roles combine most permissively: what one denies another may allow', async () => {
    await give('rita', ['production-read-only']);
    expect(await may('rita', 'updateOn', shop, critical, flag)).toBe(false);
    expect(await may('rita', 'updateName', shop, critical, flag)).toBe(true);
    await open.run((tx) =>
      open.directory.policies.insert(tx, 'globex', {
        policyId: 'switch-checkout',
        name: 'Switch checkout',
        description: null,
        statements: [{ effect: 'allow', actions: ['updateOn'], resources: ['proj/shop:env/prod:flag/checkout'] }],
      }),
    );
    await give('rita', ['production-read-only', 'switch-checkout']);
    expect(await may('rita', 'updateOn', shop, critical, flag)).toBe(true);
    expect(await may('rita', 'updateRules', shop, critical, flag)).toBe(false);
  });

  test("a base role gives each member its own tokens and nobody else's", async () => {
    expect(await may('rita', 'createAccessToken', ['member', 'rita'], ['token', 'one'])).toBe(true);
    expect(await may('rita', 'createAccessToken', ['member', 'wendy'], ['token', 'one'])).toBe(false);
  });

  test('who is downgraded from Writer to Reader reads and writes no more', async () => {
    expect(await may('wendy', 'updateOn', shop, ordinary, flag)).toBe(true);
    await give('wendy', ['reader']);
    expect(await may('wendy', 'updateOn', shop, ordinary, flag)).toBe(false);
    expect(await may('wendy', 'viewProject', shop)).toBe(true);
  });
});
