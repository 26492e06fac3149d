import { type HostMember, HostUnavailable } from '@latchkey/core';
import { type ConformanceCase, failureOf, statements } from './cases.ts';
import type { HostFixture } from './fixture.ts';

const readAll = async ({ host, organizationId }: HostFixture, limit: number): Promise<readonly HostMember[]> => {
  const all: HostMember[] = [];
  for (;;) {
    const after = all.at(-1)?.memberId;
    const page = await host.listMembers(organizationId, after === undefined ? { limit } : { after, limit });
    if (page.length > limit) throw new Error('a page is longer than its limit');
    if (page.length === 0) return all;
    all.push(...page);
  }
};

/** What the port says of an organization as a whole, and what it says when it can't say anything. */
export const organizationCases: readonly ConformanceCase[] = [
  {
    guarantee: 'pages of members are ordered by id, each member once, none left out and none of another organization',
    show: async (fixture, expect) => {
      const { organizationId, otherOrganizationId, platform } = fixture;
      const ids: string[] = [];
      for (const name of ['Ada', 'Ben', 'Cleo', 'Dee', 'Eli']) {
        const member = { name, email: `${name}@conformance.example`, policyIds: [] };
        ids.push((await platform.addMember(organizationId, member)).memberId);
        await platform.addMember(otherOrganizationId, member);
      }
      for (const limit of [1, 2, 5, 200]) {
        const members = await readAll(fixture, limit);
        expect(members.map((member) => member.memberId)).toEqual(ids.toSorted());
        expect(members.every((member) => member.organizationId === organizationId)).toBe(true);
      }
    },
  },
  {
    guarantee: 'a listed member is the same as the one that is found, and a removed one is never listed as active',
    show: async (fixture, expect) => {
      const { host, organizationId, platform } = fixture;
      const { policyId } = await platform.addPolicy(organizationId, { name: 'Toggle', statements: statements.toggle });
      const ada = { name: 'Ada', email: 'ada@conformance.example', policyIds: [policyId] };
      const kept = await platform.addMember(organizationId, ada);
      const gone = await platform.addMember(organizationId, { ...ada, name: 'Ben', email: 'ben@conformance.example' });
      await platform.removeMember(organizationId, gone.memberId);
      const members = await readAll(fixture, 200);
      expect(members.filter((member) => member.status === 'active')).toEqual([
        await host.findMember(organizationId, kept.memberId),
      ]);
    },
  },
  {
    guarantee: 'policies are found by id, live; a missing one and one of another organization are left out',
    show: async ({ host, organizationId, otherOrganizationId, platform }, expect) => {
      const { policyId } = await platform.addPolicy(organizationId, { name: 'Toggle', statements: statements.toggle });
      const foreign = await platform.addPolicy(otherOrganizationId, { name: 'Foreign', statements: statements.toggle });
      const ids = [policyId, foreign.policyId, 'missing'];
      expect(await host.findPolicies(organizationId, ids)).toEqual([
        { id: policyId, name: 'Toggle', statements: statements.toggle },
      ]);
      await platform.editPolicy(organizationId, policyId, statements.rename);
      expect(await host.findPolicies(organizationId, [policyId])).toEqual([
        { id: policyId, name: 'Toggle', statements: statements.rename },
      ]);
      expect(await host.findPolicies(organizationId, [])).toEqual([]);
    },
  },
  {
    guarantee: 'the catalogue says what can be allowed and which requests mean managing tokens',
    show: async ({ host, organizationId }, expect) => {
      const { dialect, resourceTypes, management } = await host.catalogue(organizationId);
      expect(['featbit', 'launchdarkly'].includes(dialect)).toBe(true);
      expect(resourceTypes.length > 0).toBe(true);
      const requests = [
        management.list,
        management.administer,
        ...Object.values(management.personal),
        ...Object.values(management.service),
      ];
      expect(requests.every(({ action, resource }) => action !== '' && resource !== '')).toBe(true);
      expect(Object.keys(management.personal).length - Object.keys(management.service).length).toBe(1);
    },
  },
  {
    guarantee: 'an organization that the host does not have is an error, never an empty one',
    show: async ({ host }, expect) => {
      expect((await failureOf(host.listMembers('nowhere', { limit: 10 }))) instanceof HostUnavailable).toBe(true);
      expect((await failureOf(host.catalogue('nowhere'))) instanceof HostUnavailable).toBe(true);
    },
  },
  {
    guarantee: 'FAIL-CLOSED: a host that is out says so by HostUnavailable, for every question',
    show: async (fixture, expect) => {
      const { host, organizationId, platform } = fixture;
      const { memberId } = await platform.addMember(organizationId, {
        name: 'Ada',
        email: 'ada@conformance.example',
        policyIds: [],
      });
      await fixture.disconnect();
      const questions: readonly Promise<unknown>[] = [
        host.findMember(organizationId, memberId),
        host.listMembers(organizationId, { limit: 10 }),
        host.findPolicies(organizationId, ['any']),
        host.catalogue(organizationId),
        ...(host.issuerPin?.kind === 'remote' ? [host.issuerPin.read(organizationId, memberId)] : []),
      ];
      for (const failure of await Promise.all(questions.map(failureOf)))
        expect(failure instanceof HostUnavailable).toBe(true);
    },
  },
];
