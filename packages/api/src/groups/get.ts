import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { requireDirectory } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { toGroupView } from './group-view.ts';

/** One group of the organization. */
export const getGroup = async (
  deps: ApiDeps,
  { principal: { organizationId } }: Caller,
  { groupId }: ParsedInput<'groups', 'get'>,
): Promise<Output<'groups', 'get'>> => {
  const group = await requireDirectory(deps).groups.find(organizationId, groupId);
  if (group === null) throw new LatchkeyError('NOT_FOUND');
  return toGroupView(group);
};
