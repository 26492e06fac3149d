import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal, refusals } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
});
afterAll(() => installation.close());

const toggles = {
  effect: 'allow',
  resourceType: 'flag',
  actions: ['ToggleFlag'],
  resources: ['project/*:env/*:flag/*'],
};
const events = async (id: string) =>
  (await olivia.audit.list({ targetId: id })).items.map(({ action }) => action).reverse();

describe('policies', () => {
  it('are written, read, listed, changed, cloned and removed, each with one audit event', async () => {
    const made = await olivia.policies.create({ name: 'Toggles', description: 'switches', statements: [toggles] });
    const { policyId } = made;
    expect(made).toEqual({
      policyId,
      name: 'Toggles',
      description: 'switches',
      builtIn: false,
      statements: [toggles],
      revision: 1,
    });
    expect(await olivia.policies.get({ policyId })).toEqual(made);
    const changed = await olivia.policies.update({ policyId, revision: 1, description: null });
    expect(changed).toMatchObject({ settled: true, policy: { description: null, statements: [toggles], revision: 2 } });
    const clone = await olivia.policies.clone({ policyId: 'developer', name: 'Developer, ours' });
    expect(clone).toMatchObject({ builtIn: false, name: 'Developer, ours' });
    expect(clone.statements).toEqual((await olivia.policies.get({ policyId: 'developer' })).statements);
    expect((await olivia.policies.list({ limit: 200 })).items.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Owner', 'Administrator', 'Developer', 'Toggles', 'Developer, ours']),
    );
    expect(await olivia.policies.remove({ policyId })).toMatchObject({ settled: true });
    expect(await refusal(olivia.policies.get({ policyId }))).toEqual({ code: 'NOT_FOUND', details: {} });
    expect(await events(policyId)).toEqual(['policy.created', 'policy.updated', 'policy.removed']);
    expect(await events(clone.policyId)).toEqual(['policy.created']);
  });

  it('are refused with every problem and its path', async () => {
    const statements = [
      { effect: 'perhaps', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['*'] },
      { effect: 'allow', resourceType: 'flag', actions: ['Toggle*'], resources: [''], colour: 'red' },
    ];
    const refused = await refusal(olivia.policies.create({ name: 'Broken', statements }));
    expect(refused.code).toBe('PERMISSIONS_INVALID');
    const paths = (refused.details['problems'] as { readonly path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'statements[0].effect',
        'statements[1].actions[0]',
        'statements[1].resources[0]',
        'statements[1].colour',
      ]),
    );
    const unknown = [{ ...toggles, actions: ['ToggleFlag', 'FlyAway'] }];
    expect(await refusal(olivia.policies.create({ name: 'Unknown', statements: unknown }))).toMatchObject({
      code: 'PERMISSIONS_INVALID',
      details: { problems: [{ path: 'statements[0].actions[1]', code: 'unknown_action' }] },
    });
    expect((await olivia.policies.list({ limit: 200 })).items.map(({ name }) => name)).not.toContain('Unknown');
  });

  it('say why they stay', async () => {
    const { policyId } = await olivia.policies.create({ name: 'Taken', statements: [toggles] });
    const group = await olivia.groups.create({ name: 'Users of it', policyIds: [policyId] });
    const [taken, builtIn, removing, used, stale] = await refusals([
      olivia.policies.create({ name: 'Taken', statements: [toggles] }),
      olivia.policies.update({ policyId: 'developer', revision: 1, name: 'Mine' }),
      olivia.policies.remove({ policyId: 'owner' }),
      olivia.policies.remove({ policyId }),
      olivia.policies.update({ policyId, revision: 9, name: 'Late' }),
    ]);
    expect([taken, builtIn, removing, used, stale].map((each) => each?.code)).toEqual([
      'POLICY_NAME_TAKEN',
      'POLICY_BUILT_IN',
      'POLICY_BUILT_IN',
      'POLICY_IN_USE',
      'CONFLICT',
    ]);
    await olivia.groups.remove({ groupId: group.groupId });
    expect(await olivia.policies.remove({ policyId })).toMatchObject({ settled: true });
  });
});

describe('groups', () => {
  it('are made, read, listed, changed, cloned and removed, each with one audit event', async () => {
    const made = await olivia.groups.create({ name: 'Team', policyIds: ['developer'], memberIds: ['dana'] });
    const { groupId } = made;
    expect(await olivia.groups.get({ groupId })).toEqual(made);
    expect(await olivia.members.get({ memberId: 'dana' })).toMatchObject({ groupIds: [groupId] });
    const changed = await olivia.groups.update({ groupId, revision: made.revision, memberIds: ['dana', 'devin'] });
    expect(changed).toMatchObject({ settled: true, group: { memberIds: ['dana', 'devin'], policyIds: ['developer'] } });
    const clone = await olivia.groups.clone({ groupId, name: 'Team two' });
    expect(clone).toMatchObject({ policyIds: ['developer'], memberIds: [] });
    expect((await olivia.groups.list()).items.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Platform team', 'Team', 'Team two']),
    );
    expect((await refusal(olivia.groups.clone({ groupId, name: 'Team two' }))).code).toBe('GROUP_NAME_TAKEN');
    expect(await olivia.groups.remove({ groupId })).toMatchObject({ settled: true });
    expect(await events(groupId)).toEqual(['group.created', 'group.updated', 'group.removed']);
  });

  it('take no id that names nothing here', async () => {
    for (const refused of await refusals([
      olivia.groups.create({ name: 'Ghosts', memberIds: ['nobody'] }),
      olivia.groups.create({ name: 'Ghosts', policyIds: ['nothing'] }),
      olivia.members.setPolicies({ memberId: 'dana', policyIds: ['nothing'] }),
    ])) {
      expect(refused).toMatchObject({ code: 'BAD_INPUT', details: { problems: [{ code: 'unknown_reference' }] } });
    }
  });
});

describe('members', () => {
  it('are added under a new id, once an address, and show themselves to themselves', async () => {
    const added = await olivia.members.add({
      email: 'Zoe@acme.example',
      name: 'Zoe',
      locale: 'ja',
      policyIds: ['developer'],
    });
    expect(added).toMatchObject({
      name: 'Zoe',
      locale: 'ja',
      status: 'active',
      policyIds: ['developer'],
      groupIds: [],
    });
    expect((await refusal(olivia.members.add({ email: 'zoe@ACME.example', name: 'Zoe' }))).code).toBe('EMAIL_TAKEN');
    const zoe = await installation.member('acme', added.memberId);
    expect(await zoe.members.get({ memberId: added.memberId })).toEqual(added);
    expect((await refusal(zoe.members.get({ memberId: 'dana' }))).code).toBe('NOT_ALLOWED');
    expect((await refusal(zoe.members.get({ memberId: 'no-such-member' }))).code).toBe('NOT_ALLOWED');
    expect((await olivia.members.list({ search: 'zoe' })).items).toEqual([added]);
  });

  it('are listed page by page, removed ones only when asked for', async () => {
    await olivia.members.remove({ memberId: 'bea' });
    const ids = async (includeRemoved: boolean) => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page: Awaited<ReturnType<Caller['members']['list']>> = await olivia.members.list({
          includeRemoved,
          limit: 2,
          ...(cursor === undefined ? {} : { cursor }),
        });
        found.push(...page.items.map(({ memberId }) => memberId));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return found;
    };
    const active = await ids(false);
    expect(active).not.toContain('bea');
    expect(new Set(await ids(true))).toEqual(new Set([...active, 'bea']));
    expect((await refusal(olivia.members.setPolicies({ memberId: 'bea', policyIds: [] }))).code).toBe('MEMBER_REMOVED');
  });
});
