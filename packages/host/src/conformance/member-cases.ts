import type { HostMember } from '@latchkey/core';
import { type ConformanceCase, statements } from './cases.ts';
import type { HostFixture } from './fixture.ts';

const ada = { email: 'ada@conformance.example', name: 'Ada' } as const;

const get = async ({ host, organizationId }: HostFixture, memberId: string): Promise<HostMember> => {
  const member = await host.findMember(organizationId, memberId);
  if (member === null) throw new Error('the member that was just added is not found');
  return member;
};

const sortedIds = (member: HostMember): readonly string[] => member.policies.map((policy) => policy.id).toSorted();

/** What the port says of one member. */
export const memberCases: readonly ConformanceCase[] = [
  {
    guarantee: 'a membership that never existed is null, and so is one of another organization',
    show: async (fixture, expect) => {
      const { host, organizationId, otherOrganizationId, platform } = fixture;
      const { memberId } = await platform.addMember(organizationId, { ...ada, policyIds: [] });
      expect(await host.findMember(organizationId, `${memberId}-other`)).toBe(null);
      expect(await host.findMember(otherOrganizationId, memberId)).toBe(null);
      expect(await host.findMember(organizationId, '')).toBe(null);
      expect(await host.findMember(organizationId, `${memberId}\0`)).toBe(null);
    },
  },
  {
    guarantee: 'an active member is shown with its address, name, organization and when it began',
    show: async (fixture, expect) => {
      const { memberId } = await fixture.platform.addMember(fixture.organizationId, { ...ada, policyIds: [] });
      const member = await get(fixture, memberId);
      const { organizationId, email, name, status } = member;
      expect({ organizationId, memberId: member.memberId, email, name, status }).toEqual({
        organizationId: fixture.organizationId,
        memberId,
        ...ada,
        status: 'active',
      });
      expect(Number.isInteger(member.memberSince)).toBe(true);
      expect(typeof member.locale).toBe('string');
    },
  },
  {
    guarantee: 'policies come with their statements, as they are stored, and in the same order each time',
    show: async (fixture, expect) => {
      const { organizationId, platform } = fixture;
      const toggle = await platform.addPolicy(organizationId, { name: 'Toggle', statements: statements.toggle });
      const rename = await platform.addPolicy(organizationId, { name: 'Rename', statements: statements.rename });
      const { memberId } = await platform.addMember(organizationId, {
        ...ada,
        policyIds: [toggle.policyId, rename.policyId],
      });
      const { policies } = await get(fixture, memberId);
      expect(policies.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
        { id: rename.policyId, name: 'Rename', statements: statements.rename },
        { id: toggle.policyId, name: 'Toggle', statements: statements.toggle },
      ]);
      expect((await get(fixture, memberId)).policies).toEqual(policies);
    },
  },
  {
    guarantee: 'what comes through groups applies too, each policy once',
    show: async (fixture, expect) => {
      const { organizationId, platform } = fixture;
      if (platform.groups === null) return;
      const toggle = await platform.addPolicy(organizationId, { name: 'Toggle', statements: statements.toggle });
      const rename = await platform.addPolicy(organizationId, { name: 'Rename', statements: statements.rename });
      const { memberId } = await platform.addMember(organizationId, { ...ada, policyIds: [toggle.policyId] });
      const both = { policyIds: [toggle.policyId, rename.policyId], memberIds: [memberId] };
      const { groupId } = await platform.groups.add(organizationId, both);
      await platform.groups.add(organizationId, { ...both, policyIds: [rename.policyId] });
      expect(sortedIds(await get(fixture, memberId))).toEqual([toggle.policyId, rename.policyId].toSorted());
      await platform.groups.set(organizationId, groupId, { ...both, memberIds: [] });
      expect(sortedIds(await get(fixture, memberId))).toEqual([toggle.policyId, rename.policyId].toSorted());
    },
  },
  {
    guarantee: "a member's own id is among its role attributes",
    show: async (fixture, expect) => {
      const { memberId } = await fixture.platform.addMember(fixture.organizationId, { ...ada, policyIds: [] });
      expect((await get(fixture, memberId)).attributes['memberId']).toEqual([memberId]);
    },
  },
  {
    guarantee: 'a removed member is still known, as removed and with no policies',
    show: async (fixture, expect) => {
      const { organizationId, platform } = fixture;
      const { policyId } = await platform.addPolicy(organizationId, { name: 'Toggle', statements: statements.toggle });
      const { memberId } = await platform.addMember(organizationId, { ...ada, policyIds: [policyId] });
      await platform.groups?.add(organizationId, { policyIds: [policyId], memberIds: [memberId] });
      await platform.removeMember(organizationId, memberId);
      const { status, policies } = await get(fixture, memberId);
      expect({ status, policies }).toEqual({ status: 'removed', policies: [] });
    },
  },
  {
    guarantee: 'who comes back is a new membership; the ended one stays ended',
    show: async (fixture, expect) => {
      const { organizationId, platform } = fixture;
      const first = await platform.addMember(organizationId, { ...ada, policyIds: [] });
      await platform.removeMember(organizationId, first.memberId);
      const second = await platform.addMember(organizationId, { ...ada, policyIds: [] });
      expect(second.memberId === first.memberId).toBe(false);
      expect((await get(fixture, first.memberId)).status).toBe('removed');
      expect((await get(fixture, second.memberId)).status).toBe('active');
    },
  },
];
