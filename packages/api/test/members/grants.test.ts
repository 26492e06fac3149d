import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal, refusals } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
let adam: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
  // An administrator covers a developer and not an Owner.
  adam = await installation.member('acme', 'adam');
});
afterAll(() => installation.close());

let people = 0;
const add = (policyIds: string[], groupIds: string[] = []) =>
  olivia.members.add({ email: `p${++people}@acme.example`, name: `Person ${people}`, policyIds, groupIds });

describe('giving permissions', () => {
  it('is refused beyond what the giver may do, with an example, and leaves no trace', async () => {
    const { memberId } = await add(['developer']);
    const events = (await olivia.audit.list()).items.length;
    for (const refused of await refusals([
      adam.members.setPolicies({ memberId, policyIds: ['owner'] }),
      adam.members.add({ email: 'boss@acme.example', name: 'Boss', policyIds: ['owner'] }),
      adam.groups.create({ name: 'Bosses', policyIds: ['owner'], memberIds: [memberId] }),
    ])) {
      expect(refused).toMatchObject({ code: 'GRANT_NOT_COVERED', details: { counterexample: expect.anything() } });
    }
    expect(await olivia.members.get({ memberId })).toMatchObject({ policyIds: ['developer'], groupIds: [] });
    expect((await olivia.members.list({ search: 'boss' })).items).toEqual([]);
    expect((await olivia.groups.list()).items.map(({ name }) => name)).not.toContain('Bosses');
    expect((await olivia.audit.list()).items).toHaveLength(events);
  });

  it('within them it counts at once', async () => {
    const { memberId } = await add([]);
    const { settled, member } = await adam.members.setPolicies({
      memberId,
      policyIds: ['developer'],
      groupIds: ['platform-team'],
    });
    expect({ settled, member }).toMatchObject({
      settled: true,
      member: { policyIds: ['developer'], groupIds: ['platform-team'] },
    });
    expect(await (await installation.member('acme', memberId)).permissions.mine()).toMatchObject({
      mayManagePersonalTokens: true,
      mayAdminister: false,
    });
  });

  it('by a group or by the text of a policy is giving as well', async () => {
    const group = await adam.groups.create({ name: 'Empty', policyIds: ['owner'], memberIds: [] });
    const { memberId } = await add([]);
    const { groupId, revision } = group;
    expect((await refusal(adam.groups.update({ groupId, revision, memberIds: [memberId] }))).code).toBe(
      'GRANT_NOT_COVERED',
    );
    const policy = await adam.policies.create({
      name: 'Small',
      statements: [
        { effect: 'allow', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['project/shop:env/*:flag/*'] },
      ],
    });
    await adam.members.setPolicies({ memberId, policyIds: [policy.policyId] });
    const everything = [{ effect: 'allow', resourceType: '*', actions: ['*'], resources: ['*'] }];
    const change = { policyId: policy.policyId, revision: policy.revision, statements: everything };
    expect((await refusal(adam.policies.update(change))).code).toBe('GRANT_NOT_COVERED');
    expect((await olivia.policies.update(change)).policy.statements).toEqual(everything);
  });

  it('by taking a deny away is giving as well', async () => {
    // Adam plus a deny of his own: he may not delete flags in production, nor let others.
    await olivia.members.setPolicies({ memberId: 'adam', policyIds: ['administrator', 'no-production-deletes'] });
    const { memberId } = await add(['developer']);
    const group = await olivia.groups.create({
      name: 'Bound developers',
      policyIds: ['no-production-deletes'],
      memberIds: [memberId],
    });
    const leaving = { groupId: group.groupId, revision: group.revision, memberIds: [] };
    await olivia.members.setPolicies({ memberId, policyIds: ['developer'] });
    for (const refused of await refusals([
      adam.groups.remove({ groupId: group.groupId }),
      adam.groups.update(leaving),
      adam.groups.update({ ...leaving, memberIds: [memberId], policyIds: [] }),
    ])) {
      expect(refused).toMatchObject({
        code: 'GRANT_NOT_COVERED',
        details: { counterexample: { action: expect.any(String), resource: expect.stringContaining('env/prod') } },
      });
    }
    expect((await olivia.groups.update(leaving)).group.memberIds).toEqual([]);
  });
});

describe('taking away', () => {
  it('needs no more than the right to administer', async () => {
    await olivia.members.setPolicies({ memberId: 'adam', policyIds: ['administrator'] });
    // What is left is still more than Adam may do himself; it was so before.
    const { memberId } = await add(['owner', 'developer']);
    const narrowed = await adam.members.setPolicies({ memberId, policyIds: ['owner'] });
    expect(narrowed.member.policyIds).toEqual(['owner']);
    expect((await adam.members.setPolicies({ memberId, policyIds: [] })).member.policyIds).toEqual([]);
  });
});

it('an administrator who is demoted in mid-call administers nothing any more', async () => {
  const { memberId } = await add(['administrator']);
  const stale = await installation.member('acme', memberId);
  await olivia.members.setPolicies({ memberId, policyIds: ['developer'] });
  const before = (await olivia.audit.list({ limit: 200 })).items.length;
  for (const refused of await refusals([
    stale.members.remove({ memberId: 'dana' }),
    stale.members.setPolicies({ memberId: 'dana', policyIds: [] }),
    stale.policies.clone({ policyId: 'developer', name: 'Too late' }),
    stale.groups.create({ name: 'Too late' }),
  ])) {
    expect(refused).toMatchObject({ code: 'NOT_ALLOWED', details: { action: 'CanManageIAM', layer: 'owner' } });
  }
  expect((await olivia.audit.list({ limit: 200 })).items).toHaveLength(before);
});
