import type { Output, ParsedInput } from '@latchkey/contract';
import { actAndStopOnce } from '../acting/act-once.ts';
import type { Repeatable } from '../acting/claim-key.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { stopToken } from './stop.ts';
import { viewToken } from './view-tokens.ts';

type RevokeInput = ParsedInput<'tokens', 'revoke'>;

/** Revokes a token, for good. Returns once nothing accepts it any more (DEAD-ON-RETURN). */
export const revokeToken = (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: RevokeInput,
): Promise<Output<'tokens', 'revoke'>> => revokeBy(deps, by, { procedure: 'tokens.revoke', input }, { ...input, wait });

/** The same for a call by another name: `call` is what its idempotency key belongs to. */
export const revokeBy = async (
  deps: ApiDeps,
  by: Caller,
  call: Repeatable,
  { tokenId, reason, wait }: Pick<RevokeInput, 'tokenId' | 'reason' | 'wait'>,
): Promise<Output<'tokens', 'revoke'>> => {
  const options = { target: tokenId, wait };
  const { result: token, settlement } = await actAndStopOnce(deps, by, call, options, async (acting) => {
    const { target } = authorize(acting, 'revoke');
    const stopped = await stopToken(deps, acting, target, 'revoke', reason);
    return viewToken(deps, acting.organizationId, stopped, acting.now, acting.tx);
  });
  return { token, ...settlement };
};
