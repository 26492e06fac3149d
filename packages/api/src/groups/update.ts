import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { administerAndStop } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { withoutUndefined } from '../pages/without-undefined.ts';
import { guardGrant } from '../permissions/guard-grant.ts';
import { checkName } from '../tokens/check-terms.ts';
import { toGroupView } from './group-view.ts';

/** Changes a group for everybody who is in it, was in it or will be, from the commit on. */
export const updateGroup = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: ParsedInput<'groups', 'update'>,
): Promise<Output<'groups', 'update'>> => {
  const { groupId, revision, idempotencyKey: _, ...asked } = input;
  if (asked.name !== undefined) checkName(asked.name);
  const { result: group, settlement } = await administerAndStop(
    deps,
    by,
    { procedure: 'groups.update', input, wait },
    async (acting) => {
      const { tx, organizationId, directory } = acting;
      const before = await directory.groups.find(organizationId, groupId, tx);
      if (before === null) throw new LatchkeyError('NOT_FOUND');
      const change = withoutUndefined(asked);
      const concerned = [...new Set([...before.memberIds, ...(change.memberIds ?? [])])];
      const updated = await guardGrant(deps, acting, concerned, () =>
        directory.groups.update(tx, organizationId, groupId, revision, change),
      );
      await acting.stops({ subject: 'permissions', organizationId });
      const { name, policyIds, memberIds } = updated;
      const details = { changed: Object.keys(change), name, policyIds, memberIds };
      await acting.audit({ action: 'group.updated', target: { type: 'group', id: groupId }, details });
      return toGroupView(updated);
    },
    'GROUP_NAME_TAKEN',
  );
  return { group, ...settlement };
};
