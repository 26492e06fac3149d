import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { transition } from '@latchkey/core/lifecycle';
import { actOnce } from '../acting/act-once.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { checkExtension } from './check-terms.ts';
import { requireEditable } from './require-editable.ts';
import { requireTargetCovered } from './require-target-covered.ts';
import { iso } from './token-view.ts';
import { transitionFacts } from './transition-facts.ts';
import { viewToken } from './view-tokens.ts';

/** Gives a token a later expiry, an expired one too; the secret stays, and whoever holds it. */
export const extendToken = (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'tokens', 'extend'>,
): Promise<Output<'tokens', 'extend'>> => {
  const { tokenId, revision } = input;
  // NO-ESCALATION: pinned, so that a demotion comes before the comparison below or after the commit.
  const options = { target: tokenId, pin: true };
  return actOnce(deps, by, { procedure: 'tokens.extend', input }, options, async (acting) => {
    const { tx, now, organizationId } = acting;
    const { target } = authorize(acting, 'extend');
    requireEditable(target, revision);
    // More life for what has ended for good is none; it would be refused all the same, and it says so here (TERMINAL).
    const step = transition(target.state, 'rotate', await transitionFacts(deps, acting, target));
    if (!step.ok) throw new LatchkeyError(step.code);
    const expiresAt = await checkExtension(deps, acting, target, input.expiresAt);
    await requireTargetCovered(deps, acting, target);
    const extended = await deps.store.tokens.update(tx, organizationId, tokenId, target.revision, { expiresAt });
    // Refusals are remembered like acceptances, and acceptances up to the former expiry: whoever has one has to hear of it.
    await acting.stops({ subject: 'token', organizationId, id: tokenId });
    const [from, to] = [target.expiresAt, expiresAt].map((instant) => instant && iso(instant));
    await acting.audit({ action: 'token.extended', target: { type: 'token', id: tokenId }, details: { from, to } });
    return viewToken(deps, organizationId, extended, now, tx);
  });
};
