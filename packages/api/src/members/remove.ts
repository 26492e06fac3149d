import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { actorOf } from '../acting/act.ts';
import { type Administering, administerAndStop } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { recordMemberRemoved } from '../server/member-removed.ts';
import { toMemberView } from './member-view.ts';

type RemoveInput = ParsedInput<'members', 'remove'>;

/** Removes a member: with the commit all its personal tokens are refused (GATE-FIRST). The last Owner stays. */
export const removeMember = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: RemoveInput,
): Promise<Output<'members', 'remove'>> => {
  const { result: member, settlement } = await administerAndStop(
    deps,
    by,
    { procedure: 'members.remove', input, wait },
    async (acting) => {
      const { tx, organizationId, directory } = acting;
      const found = await directory.members.find(organizationId, input.memberId, tx);
      if (found === null) throw new LatchkeyError('NOT_FOUND');
      const owner = { subject: 'owner', organizationId, id: input.memberId } as const;
      // Said twice it is one effect and one audit event, and settles each time.
      if (found.status === 'removed') await acting.stops(owner);
      else {
        await directory.members.remove(tx, organizationId, input.memberId);
        const { stop } = await record(deps, acting, by, input);
        acting.stopped(stop, owner);
      }
      return toMemberView((await directory.members.find(organizationId, input.memberId, tx)) ?? found);
    },
  );
  return { member, ...settlement };
};

const record = (
  deps: ApiDeps,
  { tx, organizationId, principal }: Administering,
  { call }: Caller,
  input: Omit<RemoveInput, 'wait'>,
) =>
  recordMemberRemoved(deps, tx, {
    organizationId,
    memberId: input.memberId,
    removedBy: actorOf(principal),
    requestId: call.requestId,
    address: call.address,
    client: call.client,
    ...(input.reason === undefined ? {} : { reason: input.reason }),
  });
