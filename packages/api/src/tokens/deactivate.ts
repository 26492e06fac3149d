import type { Output, ParsedInput } from '@latchkey/contract';
import { actAndStopOnce } from '../acting/act-once.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { stopToken } from './stop.ts';
import { viewToken } from './view-tokens.ts';

/** Deactivates a token until somebody activates it. Returns once nothing accepts it any more (DEAD-ON-RETURN). */
export const deactivateToken = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: ParsedInput<'tokens', 'deactivate'>,
): Promise<Output<'tokens', 'deactivate'>> => {
  const { tokenId, reason } = input;
  const call = { procedure: 'tokens.deactivate', input };
  const options = { target: tokenId, wait };
  const { result: token, settlement } = await actAndStopOnce(deps, by, call, options, async (acting) => {
    const { target } = authorize(acting, 'deactivate');
    const stopped = await stopToken(deps, acting, target, 'deactivate', reason);
    return viewToken(deps, acting.organizationId, stopped, acting.now, acting.tx);
  });
  return { token, ...settlement };
};
