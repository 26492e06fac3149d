import { type Host, type HostMember, type HostPolicy, HostUnavailable, type Instant } from '@latchkey/core';
import { believeCatalogue } from '../catalogue/believe-catalogue.ts';

/** A member as it is put into memory: what was given to it directly. */
export interface MemoryMember {
  readonly memberId: string;
  readonly email: string;
  readonly name: string;
  readonly locale: string;
  readonly memberSince: Instant;
  readonly policyIds: readonly string[];
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}

export interface MemoryGroup {
  readonly groupId: string;
  readonly policyIds: readonly string[];
  readonly memberIds: readonly string[];
}

/** A host that is nothing but data. To write in it is to be the IAM platform. */
export interface MemoryHost {
  readonly host: Host;
  putOrganization(organizationId: string, catalogue: unknown): void;
  putPolicy(organizationId: string, policy: HostPolicy): void;
  /** @throws RangeError for a member that was removed: its id is never used again (TERMINAL). */
  putMember(organizationId: string, member: MemoryMember): void;
  removeMember(organizationId: string, memberId: string): void;
  putGroup(organizationId: string, group: MemoryGroup): void;
  /** While it is not available every method of the port throws `HostUnavailable`. */
  setAvailable(available: boolean): void;
}

interface Membership extends MemoryMember {
  readonly status: HostMember['status'];
}

interface Organization {
  readonly catalogue: unknown;
  readonly policies: Map<string, HostPolicy>;
  readonly members: Map<string, Membership>;
  readonly groups: Map<string, MemoryGroup>;
  /** What was last said of each member, and since when: the number grows whenever the text changes. */
  readonly said: Map<string, { readonly text: string; readonly revision: number }>;
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const policiesOf = (organization: Organization, member: Membership): readonly HostPolicy[] => {
  if (member.status === 'removed') return [];
  const groups = [...organization.groups.values()].filter((group) => group.memberIds.includes(member.memberId));
  const ids = new Set([...member.policyIds, ...groups.flatMap((group) => group.policyIds)]);
  return [...ids].map((id) => organization.policies.get(id)).filter((policy) => policy !== undefined);
};

/**
 * A host in memory, for tests and as the shortest example of an adapter. It plays a remote one: no transaction is
 * shared with it, so its pin is a revision to be read twice. It has no dialect's rules about which policies apply:
 * what a member is given, directly or through a group, is what it has.
 */
export const createMemoryHost = (): MemoryHost => {
  const organizations = new Map<string, Organization>();
  let available = true;
  let revision = 0;

  const ask = (organizationId: string): Organization => {
    if (!available) throw new HostUnavailable('The host in memory was told to be out');
    const organization = organizations.get(organizationId);
    if (organization === undefined) throw new HostUnavailable(`There is no organization ${organizationId}`);
    return organization;
  };

  const change = (organizationId: string, work: (organization: Organization) => void): void => {
    const organization = organizations.get(organizationId);
    if (organization === undefined) throw new RangeError(`There is no organization ${organizationId}`);
    work(organization);
    for (const member of organization.members.values()) {
      // Compared, not told by each writer: nothing that the port shows can change without its revision growing.
      const text = JSON.stringify([member, policiesOf(organization, member)]);
      if (organization.said.get(member.memberId)?.text === text) continue;
      revision += 1;
      organization.said.set(member.memberId, { text, revision });
    }
  };

  const toHostMember = (organizationId: string, organization: Organization, member: Membership): HostMember => ({
    organizationId,
    memberId: member.memberId,
    email: member.email,
    name: member.name,
    locale: member.locale,
    status: member.status,
    memberSince: member.memberSince,
    policies: structuredClone(policiesOf(organization, member)),
    attributes: { ...member.attributes, memberId: [member.memberId] },
    revision: String(organization.said.get(member.memberId)?.revision),
  });

  const host: Host = {
    findMember: async (organizationId, memberId) => {
      const organization = ask(organizationId);
      const member = organization.members.get(memberId);
      return member === undefined ? null : toHostMember(organizationId, organization, member);
    },
    listMembers: async (organizationId, { after = '', limit }) => {
      const organization = ask(organizationId);
      return [...organization.members.values()]
        .filter((member) => member.memberId > after)
        .toSorted((a, b) => byCodePoint(a.memberId, b.memberId))
        .slice(0, limit)
        .map((member) => toHostMember(organizationId, organization, member));
    },
    findPolicies: async (organizationId, policyIds) => {
      const { policies } = ask(organizationId);
      return structuredClone([...policies.values()].filter((policy) => policyIds.includes(policy.id)));
    },
    catalogue: async (organizationId) => believeCatalogue(organizationId, ask(organizationId).catalogue),
    issuerPin: {
      kind: 'remote',
      read: async (organizationId, memberId) => {
        const said = ask(organizationId).said.get(memberId);
        // A revision of nobody would be the same at both readings, and so confirm whatever was checked in between.
        if (said === undefined) throw new HostUnavailable('There is no such member to pin');
        return { revision: String(said.revision) };
      },
    },
  };

  return {
    host,
    putOrganization: (organizationId, catalogue) => {
      const none = { policies: new Map(), members: new Map(), groups: new Map(), said: new Map() };
      organizations.set(organizationId, { catalogue, ...none });
    },
    putPolicy: (organizationId, policy) =>
      change(organizationId, ({ policies }) => policies.set(policy.id, structuredClone(policy))),
    putMember: (organizationId, member) =>
      change(organizationId, ({ members }) => {
        if (members.get(member.memberId)?.status === 'removed')
          throw new RangeError('The id of a removed member is never used again');
        members.set(member.memberId, { ...structuredClone(member), status: 'active' });
      }),
    removeMember: (organizationId, memberId) =>
      change(organizationId, ({ members }) => {
        const member = members.get(memberId);
        if (member !== undefined)
          members.set(memberId, { ...member, policyIds: [], attributes: {}, status: 'removed' });
      }),
    putGroup: (organizationId, group) =>
      change(organizationId, ({ groups }) => groups.set(group.groupId, structuredClone(group))),
    setAvailable: (next) => {
      available = next;
    },
  };
};
