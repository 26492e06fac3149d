import { describe, expect, it } from 'vitest';
import { describeHostConformance, type HostFixture } from '../src/conformance.ts';
import { createMemoryHost, featbitCatalogue } from '../src/index.ts';
import { at, openDirectory } from './open-directory.ts';

const since = at('2026-03-01T12:00:00Z');
const counter = () => {
  let next = 0;
  return (prefix: string): string => {
    next += 1;
    // Mixed case: an order that depends on the cluster's locale would show.
    return `${next % 2 === 0 ? prefix : prefix.toUpperCase()}${next}`;
  };
};

describeHostConformance({ describe, it, expect }, 'the embedded directory', async (): Promise<HostFixture> => {
  const open = await openDirectory();
  const { directory, run } = open;
  const fresh = counter();
  for (const organizationId of ['one', 'two'])
    await run((tx) =>
      directory.organizations.insert(tx, { organizationId, name: organizationId, catalogue: featbitCatalogue }),
    );
  return {
    host: directory.host,
    organizationId: 'one',
    otherOrganizationId: 'two',
    transaction: run,
    disconnect: open.disconnect,
    close: open.close,
    platform: {
      addPolicy: (organizationId, policy) =>
        run((tx) =>
          directory.policies.insert(tx, organizationId, { policyId: fresh('p'), description: null, ...policy }),
        ),
      editPolicy: async (organizationId, policyId, statements) => {
        const policy = await directory.policies.find(organizationId, policyId);
        await run((tx) =>
          directory.policies.update(tx, organizationId, policyId, policy?.revision ?? 0, { statements }),
        );
      },
      addMember: (organizationId, member) =>
        run((tx) =>
          directory.members.insert(tx, organizationId, {
            memberId: fresh('m'),
            locale: 'en',
            memberSince: since,
            groupIds: [],
            ...member,
          }),
        ),
      setPolicies: async (organizationId, memberId, policyIds) => {
        await run((tx) => directory.members.setPolicies(tx, organizationId, memberId, { policyIds }));
      },
      removeMember: (organizationId, memberId) => run((tx) => directory.members.remove(tx, organizationId, memberId)),
      groups: {
        add: (organizationId, group) => {
          const groupId = fresh('g');
          return run((tx) =>
            directory.groups.insert(tx, organizationId, { groupId, name: groupId, description: null, ...group }),
          );
        },
        set: async (organizationId, groupId, change) => {
          const group = await directory.groups.find(organizationId, groupId);
          await run((tx) => directory.groups.update(tx, organizationId, groupId, group?.revision ?? 0, change));
        },
      },
    },
  };
});

describeHostConformance({ describe, it, expect }, 'the host in memory', async (): Promise<HostFixture> => {
  const memory = createMemoryHost();
  const fresh = counter();
  for (const organizationId of ['one', 'two']) memory.putOrganization(organizationId, featbitCatalogue);
  const get = async (organizationId: string, memberId: string) => {
    const member = await memory.host.findMember(organizationId, memberId);
    if (member === null) throw new Error('no such member');
    return member;
  };
  return {
    host: memory.host,
    organizationId: 'one',
    otherOrganizationId: 'two',
    disconnect: async () => memory.setAvailable(false),
    close: async () => undefined,
    platform: {
      addPolicy: async (organizationId, policy) => {
        const policyId = fresh('p');
        memory.putPolicy(organizationId, { id: policyId, ...policy });
        return { policyId };
      },
      editPolicy: async (organizationId, policyId, statements) => {
        const [policy] = await memory.host.findPolicies(organizationId, [policyId]);
        memory.putPolicy(organizationId, { id: policyId, name: policy?.name ?? '', statements });
      },
      addMember: async (organizationId, member) => {
        const memberId = fresh('m');
        memory.putMember(organizationId, { memberId, locale: 'en', memberSince: since, ...member });
        return { memberId };
      },
      setPolicies: async (organizationId, memberId, policyIds) => {
        const { email, name, locale, memberSince } = await get(organizationId, memberId);
        memory.putMember(organizationId, { memberId, email, name, locale, memberSince, policyIds });
      },
      removeMember: async (organizationId, memberId) => memory.removeMember(organizationId, memberId),
      groups: {
        add: async (organizationId, group) => {
          const groupId = fresh('g');
          memory.putGroup(organizationId, { groupId, ...group });
          return { groupId };
        },
        set: async (organizationId, groupId, group) => memory.putGroup(organizationId, { groupId, ...group }),
      },
    },
  };
});
