import { type ConformanceCase, grew, statements } from './cases.ts';
import type { HostFixture, Platform } from './fixture.ts';

interface Scene {
  readonly organizationId: string;
  readonly platform: Platform;
  readonly memberId: string;
  /** Held directly. */
  readonly policyId: string;
  /** Held by nobody yet. */
  readonly sparePolicyId: string;
}

interface GroupScene extends Scene {
  readonly groups: NonNullable<Platform['groups']>;
  /** The member is in it; it has one policy of its own. */
  readonly groupId: string;
  readonly groupPolicyId: string;
}

const revisionOf = async ({ host, organizationId }: HostFixture, memberId: string): Promise<string> => {
  const member = await host.findMember(organizationId, memberId);
  if (member === null) throw new Error('the member that was just added is not found');
  return member.revision;
};

const setUp = async ({ organizationId, platform }: HostFixture): Promise<Scene> => {
  const { policyId } = await platform.addPolicy(organizationId, { name: 'Held', statements: statements.toggle });
  const spare = await platform.addPolicy(organizationId, { name: 'Spare', statements: statements.rename });
  const { memberId } = await platform.addMember(organizationId, {
    email: 'ada@conformance.example',
    name: 'Ada',
    policyIds: [policyId],
  });
  return { organizationId, platform, memberId, policyId, sparePolicyId: spare.policyId };
};

const grows = (what: string, change: (scene: Scene) => Promise<void>): ConformanceCase => ({
  guarantee: `a member's revision grows when ${what}`,
  show: async (fixture, expect) => {
    const scene = await setUp(fixture);
    const before = await revisionOf(fixture, scene.memberId);
    await change(scene);
    expect(grew(before, await revisionOf(fixture, scene.memberId))).toBe(true);
  },
});

const growsByGroup = (what: string, change: (scene: GroupScene) => Promise<void>): ConformanceCase => ({
  guarantee: `a member's revision grows when ${what}`,
  show: async (fixture, expect) => {
    const { groups } = fixture.platform;
    if (groups === null) return;
    const scene = await setUp(fixture);
    const { organizationId, platform, memberId } = scene;
    const { policyId } = await platform.addPolicy(organizationId, { name: 'Of group', statements: statements.rename });
    const { groupId } = await groups.add(organizationId, { policyIds: [policyId], memberIds: [memberId] });
    const before = await revisionOf(fixture, memberId);
    await change({ ...scene, groups, groupId, groupPolicyId: policyId });
    expect(grew(before, await revisionOf(fixture, memberId))).toBe(true);
  },
});

/** What makes a revision grow, and what does not. A kept copy and an issuer's pin both stand on it. */
export const revisionCases: readonly ConformanceCase[] = [
  {
    guarantee: "a member's revision stays while nothing changes, however often it is read",
    show: async (fixture, expect) => {
      const { memberId } = await setUp(fixture);
      const before = await revisionOf(fixture, memberId);
      await fixture.host.listMembers(fixture.organizationId, { limit: 10 });
      expect(await revisionOf(fixture, memberId)).toBe(before);
    },
  },
  grows('a policy is given to it', ({ platform, organizationId, memberId, policyId, sparePolicyId }) =>
    platform.setPolicies(organizationId, memberId, [policyId, sparePolicyId]),
  ),
  grows('a policy is taken from it', ({ platform, organizationId, memberId }) =>
    platform.setPolicies(organizationId, memberId, []),
  ),
  grows('the text of a policy that it has changes', ({ platform, organizationId, policyId }) =>
    platform.editPolicy(organizationId, policyId, statements.rename),
  ),
  grows('it is removed', ({ platform, organizationId, memberId }) => platform.removeMember(organizationId, memberId)),
  growsByGroup('it is put into a group', async ({ groups, organizationId, memberId, sparePolicyId }) => {
    await groups.add(organizationId, { policyIds: [sparePolicyId], memberIds: [memberId] });
  }),
  growsByGroup('it is taken out of a group', ({ groups, organizationId, groupId, groupPolicyId }) =>
    groups.set(organizationId, groupId, { policyIds: [groupPolicyId], memberIds: [] }),
  ),
  growsByGroup('its group is given a policy', (scene) =>
    scene.groups.set(scene.organizationId, scene.groupId, {
      policyIds: [scene.groupPolicyId, scene.sparePolicyId],
      memberIds: [scene.memberId],
    }),
  ),
  growsByGroup('a policy is taken from its group', ({ groups, organizationId, groupId, memberId }) =>
    groups.set(organizationId, groupId, { policyIds: [], memberIds: [memberId] }),
  ),
  growsByGroup('the text of a policy of its group changes', ({ platform, organizationId, groupPolicyId }) =>
    platform.editPolicy(organizationId, groupPolicyId, statements.toggle),
  ),
];
