import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
});
afterAll(() => installation.close());

const statements = (env: string, ...actions: readonly string[]) => [
  { resourceType: 'flag', effect: 'allow', actions: [...actions], resources: [`project/*:env/${env}:flag/*`] },
];

const everything = () =>
  installation.sql(`
    select (select json_agg(m order by m.member_id) from iam.member m) as members,
           (select json_agg(x) from (select * from iam.member_policy order by 1, 2, 3) x) as policies,
           (select json_agg(x) from (select * from iam.permission_revision order by 1) x) as revisions,
           (select count(*) from latchkey.audit_event) as events, (select count(*) from latchkey.change) as changes`);

describe("the preview of a member's policies", () => {
  it('says what the member would lose and gain, and which of its tokens that breaks, with a request for each', async () => {
    const dana = await installation.member('acme', 'dana');
    const permissions = (env: string, ...actions: readonly string[]) =>
      ({ type: 'statements', statements: statements(env, ...actions) }) as const;
    await dana.tokens.issue({ name: 'toggles', permissions: permissions('*', 'ToggleFlag') });
    await dana.tokens.issue({ name: 'deletes', permissions: permissions('*', 'DeleteFlag') });
    await dana.tokens.issue({ name: 'inherits' });
    const before = await everything();
    const preview = await olivia.members.previewPolicies({
      memberId: 'dana',
      policyIds: ['developer', 'no-production-deletes'],
    });
    expect(await everything()).toEqual(before);

    expect(preview.differences).toMatchObject({ gained: [], complete: true });
    expect(preview.differences.lost.map(({ action }) => action)).toContain('DeleteFlag');
    const { resourceTypes } = await olivia.permissions.catalogue();
    const known = resourceTypes.flatMap(({ actions }) => actions.map(({ name }) => name));
    const all = await olivia.members.previewPolicies({ memberId: 'dana', policyIds: [] });
    // What a wildcard gave is shown by an action that there is.
    expect(all.differences.lost.every(({ action }) => known.includes(action))).toBe(true);
    expect(preview.tokens.total).toBe(3);
    const effects = preview.tokens.items.map(({ name, effect, witness }) => [name, effect, witness !== null]);
    expect(effects.slice(0, 2).sort()).toEqual([
      ['deletes', 'loses', true],
      ['inherits', 'loses', true],
    ]);
    expect(effects[2]).toEqual(['toggles', 'keeps', false]);
    // The witness is what the token may do now and could not do then: so says the API once it is done.
    const broken = preview.tokens.items.find(({ name }) => name === 'deletes');
    const request = broken?.witness ?? { action: '', resource: '' };
    const tokenId = broken?.tokenId ?? '';
    expect(await olivia.permissions.explain({ tokenId, request })).toMatchObject({ outcome: 'allow' });
    await olivia.members.setPolicies({ memberId: 'dana', policyIds: ['developer', 'no-production-deletes'] });
    expect(await olivia.permissions.explain({ tokenId, request })).toMatchObject({
      outcome: 'deny',
      decidedBy: 'owner',
      because: 'explicit_deny',
    });
    await olivia.members.setPolicies({ memberId: 'dana', policyIds: ['developer'] });
  });

  it('counts groups and role attributes, as the write itself does', async () => {
    const gina = await installation.member('globex', 'gina');
    const { items } = await gina.members.list({ limit: 200 });
    const rita = items.find(({ memberId }) => memberId === 'rita');
    const preview = await gina.members.previewPolicies({ memberId: 'rita', policyIds: [], groupIds: [] });
    expect(rita).toBeDefined();
    expect(preview.differences.lost.length).toBeGreaterThan(0);
    const more = await olivia.members.previewPolicies({ memberId: 'bea', policyIds: [], groupIds: ['platform-team'] });
    expect(more.differences.gained.map(({ by }) => by.policy.id)).toContain('developer');
  });

  it('is refused as the write would be, and leaves nothing behind', async () => {
    const before = await everything();
    const adam = await installation.member('acme', 'adam');
    const refused = async (as: Caller, memberId: string, ...policyIds: string[]) =>
      (await refusal(as.members.previewPolicies({ memberId, policyIds }))).code;
    expect(await refused(olivia, 'olivia', 'developer')).toBe('LAST_OWNER');
    expect(await refused(adam, 'adam', 'owner')).toBe('GRANT_NOT_COVERED');
    expect(await refused(olivia, 'dana', 'no-such-policy')).toBe(await refused(olivia, 'dana', 'production-read-only'));
    expect(await refused(olivia, 'nobody', 'developer')).toBe('NOT_FOUND');
    expect(await refused(await installation.member('acme', 'dana'), 'dana', 'owner')).toBe('NOT_ALLOWED');
    expect(await everything()).toEqual(before);
  });

  it('tells who may not list tokens only how many there are: administering is not listing (NO-SELF-HELP)', async () => {
    const { policyId } = await olivia.policies.create({
      name: 'Administers, lists nothing',
      statements: [
        { effect: 'allow', resourceType: 'iam', actions: ['CanManageIAM'], resources: ['iam/*'] },
        ...statements('*', '*'),
      ],
    });
    const { memberId } = await olivia.members.add({ email: 'ian@acme.example', name: 'Ian', policyIds: [policyId] });
    const ian = await installation.member('acme', memberId);
    const preview = await ian.members.previewPolicies({ memberId: 'dana', policyIds: [] });
    expect(preview.tokens).toEqual({ items: [], total: 3 });
  });
});
