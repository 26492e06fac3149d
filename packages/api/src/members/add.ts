import type { Output, ParsedInput } from '@latchkey/contract';
import { administer } from '../acting/administer.ts';
import { newId } from '../acting/new-id.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { guardGrant } from '../permissions/guard-grant.ts';
import { checkName } from '../tokens/check-terms.ts';
import { toMemberView } from './member-view.ts';

/** Adds a member under a new id: someone who comes back is somebody new to the tokens (TERMINAL). */
export const addMember = (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'members', 'add'>,
): Promise<Output<'members', 'add'>> => {
  checkName(input.name);
  const { attributes, idempotencyKey: _, ...given } = input;
  return administer(deps, by, { procedure: 'members.add', input }, async (acting) => {
    const { tx, now, organizationId, directory } = acting;
    const memberId = newId(deps.crypto);
    const member = await guardGrant(deps, acting, [memberId], () =>
      directory.members.insert(tx, organizationId, {
        ...given,
        memberId,
        memberSince: now,
        ...(attributes === undefined ? {} : { attributes }),
      }),
    );
    await acting.audit({
      action: 'member.added',
      target: { type: 'member', id: memberId },
      details: { policyIds: given.policyIds, groupIds: given.groupIds },
    });
    return toMemberView(member);
  });
};
