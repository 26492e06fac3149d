import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { actAndStopOnce } from '../acting/act-once.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { cutSecrets } from './cut-secrets.ts';
import { viewToken } from './view-tokens.ts';

/**
 * Ends the grace period of a superseded secret now, by whoever may rotate the token. It hands out nothing, so nothing has
 * to be covered. Said twice it is one effect, and settles each time (DEAD-ON-RETURN).
 */
export const cutGracePeriod = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: ParsedInput<'tokens', 'cutGracePeriod'>,
): Promise<Output<'tokens', 'cutGracePeriod'>> => {
  const { tokenId, reason } = input;
  const call = { procedure: 'tokens.cutGracePeriod', input };
  const options = { target: tokenId, wait };
  const { result: token, settlement } = await actAndStopOnce(deps, by, call, options, async (acting) => {
    const { tx, now, organizationId, principal } = acting;
    const { target, as } = authorize(acting, 'rotate');
    // Whoever holds the older secret must not decide that it is the one to go on with.
    if (as === 'itself' && principal.type === 'token' && principal.superseded) {
      throw new LatchkeyError('SECRET_SUPERSEDED');
    }
    await acting.stops({ subject: 'token', organizationId, id: tokenId });
    const superseded = target.secrets.filter(({ acceptedUntil }) => acceptedUntil !== null);
    const endedCount = await deps.store.tokens.endGrace(tx, organizationId, tokenId, now);
    const cut = superseded.map(({ number }) => number);
    await cutSecrets(deps, acting, target, cut);
    if (endedCount > 0) {
      await acting.audit({
        action: 'token.grace_period_cut',
        target: { type: 'token', id: tokenId },
        reason: reason ?? null,
        details: { cut },
      });
    }
    const found = await deps.store.tokens.find(organizationId, tokenId, tx);
    if (found === null) throw new LatchkeyError('NOT_FOUND');
    return viewToken(deps, organizationId, found, now, tx);
  });
  return { token, ...settlement };
};
