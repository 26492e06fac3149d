import type { Host, HostPolicy, Statement } from '@latchkey/core';

/** Policies with another text of one of them. */
export const withText = (
  policies: readonly HostPolicy[],
  policyId: string,
  statements: readonly Statement[],
): readonly HostPolicy[] => policies.map((policy) => (policy.id === policyId ? { ...policy, statements } : policy));

/**
 * The host as it would be with another text of one policy: to whom a policy applies doesn't hang on what it says, so
 * nothing has to be written to know what an edit does.
 */
export const editedHost = (host: Host, policyId: string, statements: readonly Statement[]): Host => {
  const edited = (policies: readonly HostPolicy[]) => withText(policies, policyId, statements);
  return {
    issuerPin: host.issuerPin,
    catalogue: (organizationId) => host.catalogue(organizationId),
    listMembers: async (organizationId, page) =>
      (await host.listMembers(organizationId, page)).map((member) => ({
        ...member,
        policies: edited(member.policies),
      })),
    findMember: async (organizationId, memberId, tx) => {
      const member = await host.findMember(organizationId, memberId, tx);
      return member === null ? null : { ...member, policies: edited(member.policies) };
    },
    findPolicies: async (organizationId, policyIds, tx) =>
      edited(await host.findPolicies(organizationId, policyIds, tx)),
  };
};
