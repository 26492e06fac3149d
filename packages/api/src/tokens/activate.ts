import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { transition } from '@latchkey/core/lifecycle';
import { actOnce } from '../acting/act-once.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { requireTargetCovered } from './require-target-covered.ts';
import { transitionFacts } from './transition-facts.ts';
import { viewToken } from './view-tokens.ts';

/** Puts an inactive token back into service. Said of an active one it changes nothing. */
export const activateToken = (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'tokens', 'activate'>,
): Promise<Output<'tokens', 'activate'>> => {
  const { tokenId, reason } = input;
  // NO-ESCALATION: pinned, so that a demotion comes before the comparison below or after the commit.
  return actOnce(deps, by, { procedure: 'tokens.activate', input }, { target: tokenId, pin: true }, async (acting) => {
    const { tx, now, organizationId } = acting;
    const { target } = authorize(acting, 'activate');
    const step = transition(target.state, 'activate', await transitionFacts(deps, acting, target));
    if (!step.ok) throw new LatchkeyError(step.code);
    if (!step.changed) return viewToken(deps, organizationId, target, now, tx);
    await requireTargetCovered(deps, acting, target);
    const change = { state: step.to, deactivatedAt: null, deactivatedBecause: null };
    const activated = await deps.store.tokens.update(tx, organizationId, tokenId, target.revision, change);
    // Refusals are remembered like acceptances: whoever has one has to hear of its end.
    await acting.stops({ subject: 'token', organizationId, id: tokenId });
    await acting.audit({ action: 'token.activated', target: { type: 'token', id: tokenId }, reason: reason ?? null });
    return viewToken(deps, organizationId, activated, now, tx);
  });
};
