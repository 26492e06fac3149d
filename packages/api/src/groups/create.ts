import type { Output, ParsedInput } from '@latchkey/contract';
import { administer } from '../acting/administer.ts';
import { newId } from '../acting/new-id.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { guardGrant } from '../permissions/guard-grant.ts';
import { checkName } from '../tokens/check-terms.ts';
import { toGroupView } from './group-view.ts';

/** Makes a group; its members have its policies from the commit on. */
export const createGroup = (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'groups', 'create'>,
): Promise<Output<'groups', 'create'>> => {
  const { name, description, policyIds, memberIds } = input;
  checkName(name);
  return administer(
    deps,
    by,
    { procedure: 'groups.create', input },
    async (acting) => {
      const { tx, organizationId, directory } = acting;
      const made = { groupId: newId(deps.crypto), name, description: description ?? null, policyIds, memberIds };
      const group = await guardGrant(deps, acting, memberIds, () => directory.groups.insert(tx, organizationId, made));
      // Policies with denies take away as well.
      if (memberIds.length > 0) await acting.stops({ subject: 'permissions', organizationId });
      const details = { name, policyIds, memberIds };
      await acting.audit({ action: 'group.created', target: { type: 'group', id: group.groupId }, details });
      return toGroupView(group);
    },
    'GROUP_NAME_TAKEN',
  );
};
