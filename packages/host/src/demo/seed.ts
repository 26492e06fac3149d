import type { Clock, Tx } from '@latchkey/core';
import type { Directory } from '../directory.ts';
import { demoOrganizations } from './organizations.ts';

/**
 * Writes the demo organizations that are not there yet. One that is there stays as people have left it: whoever was
 * removed from it does not come back with the next start, and one that an operator has given that id is left alone.
 */
export const seedDemo = async (
  deps: {
    readonly directory: Pick<Directory, 'organizations' | 'members' | 'policies' | 'groups'>;
    readonly clock: Clock;
  },
  tx: Tx,
): Promise<void> => {
  const { directory, clock } = deps;
  for (const { id: organizationId, name, catalogue, policies, groups, members } of demoOrganizations) {
    // Whoever makes the organization fills it, in the same transaction: of two at once the other one waits here and goes on.
    if (!(await directory.organizations.insert(tx, { organizationId, name, catalogue }))) continue;
    for (const { id: policyId, ...policy } of policies)
      await directory.policies.insert(tx, organizationId, { policyId, ...policy });
    for (const { id: groupId, ...group } of groups)
      await directory.groups.insert(tx, organizationId, { groupId, ...group, memberIds: [] });
    for (const { id: memberId, email, name: memberName, locale, policyIds, groupIds } of members)
      await directory.members.insert(tx, organizationId, {
        memberId,
        email,
        name: memberName,
        locale,
        memberSince: clock.now(),
        policyIds,
        groupIds,
      });
  }
};
