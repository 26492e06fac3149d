import type { Output, ParsedInput } from '@latchkey/contract';
import { administerAndStop } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { guardGrant } from '../permissions/guard-grant.ts';
import { toMemberView } from './member-view.ts';

/** Replaces a member's direct policies and, where given, its groups and role attributes. Counts from the commit on. */
export const setPolicies = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: ParsedInput<'members', 'setPolicies'>,
): Promise<Output<'members', 'setPolicies'>> => {
  const { memberId, policyIds, groupIds, attributes } = input;
  const { result: member, settlement } = await administerAndStop(
    deps,
    by,
    { procedure: 'members.setPolicies', input, wait },
    async (acting) => {
      const { tx, organizationId, directory } = acting;
      const given = {
        policyIds,
        ...(groupIds === undefined ? {} : { groupIds }),
        ...(attributes === undefined ? {} : { attributes }),
      };
      const changed = await guardGrant(deps, acting, [memberId], () =>
        directory.members.setPolicies(tx, organizationId, memberId, given),
      );
      await acting.stops({ subject: 'owner', organizationId, id: memberId });
      await acting.audit({
        action: 'member.policies_set',
        target: { type: 'member', id: memberId },
        details: {
          policyIds,
          groupIds: groupIds ?? null,
          attributes: attributes === undefined ? null : Object.keys(attributes),
        },
      });
      return toMemberView(changed);
    },
  );
  return { member, ...settlement };
};
