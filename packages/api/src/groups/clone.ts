import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { administer } from '../acting/administer.ts';
import { newId } from '../acting/new-id.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { checkName } from '../tokens/check-terms.ts';
import { toGroupView } from './group-view.ts';

/** Copies a group's policies under another name. Nobody is in it yet: who is, is said by `groups.update`. */
export const cloneGroup = (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'groups', 'clone'>,
): Promise<Output<'groups', 'clone'>> => {
  const { groupId, name } = input;
  checkName(name);
  return administer(
    deps,
    by,
    { procedure: 'groups.clone', input },
    async ({ tx, organizationId, directory, audit }) => {
      const source = await directory.groups.find(organizationId, groupId, tx);
      if (source === null) throw new LatchkeyError('NOT_FOUND');
      const { description, policyIds } = source;
      const copy = { groupId: newId(deps.crypto), name, description, policyIds, memberIds: [] };
      const group = await directory.groups.insert(tx, organizationId, copy);
      const details = { name, policyIds, clonedFrom: groupId };
      await audit({ action: 'group.created', target: { type: 'group', id: group.groupId }, details });
      return toGroupView(group);
    },
    'GROUP_NAME_TAKEN',
  );
};
