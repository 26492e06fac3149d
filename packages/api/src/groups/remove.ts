import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { administerAndStop } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { guardGrant } from '../permissions/guard-grant.ts';

/** Removes a group; its members lose its policies, and with them its denies. */
export const removeGroup = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: ParsedInput<'groups', 'remove'>,
): Promise<Output<'groups', 'remove'>> => {
  const { groupId } = input;
  const { settlement } = await administerAndStop(
    deps,
    by,
    { procedure: 'groups.remove', input, wait },
    async (acting) => {
      const { tx, organizationId, directory } = acting;
      const group = await directory.groups.find(organizationId, groupId, tx);
      if (group === null) throw new LatchkeyError('NOT_FOUND');
      await guardGrant(deps, acting, group.memberIds, () => directory.groups.remove(tx, organizationId, groupId));
      await acting.stops({ subject: 'permissions', organizationId });
      const details = { name: group.name, policyIds: group.policyIds, memberIds: group.memberIds };
      await acting.audit({ action: 'group.removed', target: { type: 'group', id: groupId }, details });
    },
  );
  return settlement;
};
