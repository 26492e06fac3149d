import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { requireDirectory } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { requireAdminister } from '../permissions/require-administer.ts';
import { toMemberView } from './member-view.ts';

/** One member. Everybody may see itself; others only who administers. */
export const getMember = async (
  deps: ApiDeps,
  { principal }: Caller,
  { memberId }: ParsedInput<'members', 'get'>,
): Promise<Output<'members', 'get'>> => {
  const directory = requireDirectory(deps);
  const itself = principal.type === 'member' && principal.member.memberId === memberId;
  // Before it is looked for: who may not ask learns nothing of who there is.
  if (!itself) await requireAdminister(deps, principal);
  const member = await directory.members.find(principal.organizationId, memberId);
  if (member === null) throw new LatchkeyError('NOT_FOUND');
  return toMemberView(member);
};
