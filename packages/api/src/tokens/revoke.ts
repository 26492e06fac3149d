import type { Output, ParsedInput } from '@latchkey/contract';
import { actOnce } from '../acting/act-once.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { stopToken } from './stop.ts';
import { viewToken } from './view-tokens.ts';

/** Revokes a token, for good. Returns once nothing accepts it any more (DEAD-ON-RETURN). */
export const revokeToken = async (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'tokens', 'revoke'>,
): Promise<Output<'tokens', 'revoke'>> => {
  const { tokenId, reason } = input;
  const call = { procedure: 'tokens.revoke', input };
  const token = await actOnce(deps, by, call, { target: tokenId }, async (acting) => {
    const { target } = authorize(acting, 'revoke');
    const stopped = await stopToken(deps, acting, target, 'revoke', reason);
    return viewToken(deps, acting.organizationId, stopped, acting.now, acting.tx);
  });
  return { token, settled: true };
};
