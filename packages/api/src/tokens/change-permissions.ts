import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { actAndStopOnce } from '../acting/act-once.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { requireMember } from './member-of.ts';
import { personalPermissions, refuseBeyondOwner } from './personal-permissions.ts';
import { requireEditable } from './require-editable.ts';
import { requireTargetCovered } from './require-target-covered.ts';
import { viewToken } from './view-tokens.ts';

/**
 * Gives a personal token other permissions, by its owner: narrower or wider, never more than the owner has, nor more than
 * the token that calls (NO-SELF-HELP: it would widen itself). Narrowing stops what was allowed, so it settles.
 */
export const changePermissions = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: ParsedInput<'tokens', 'changePermissions'>,
): Promise<Output<'tokens', 'changePermissions'>> => {
  const { tokenId, revision } = input;
  const call = { procedure: 'tokens.changePermissions', input };
  // NO-ESCALATION: pinned, so that a demotion comes before the comparison below or after the commit.
  const options = { target: tokenId, pin: true, wait };
  const { result: token, settlement } = await actAndStopOnce(deps, by, call, options, async (acting) => {
    const { tx, now, organizationId, catalogue } = acting;
    const { target } = authorize(acting, 'changePermissions');
    // FROZEN-SERVICE: once more, where the row is at hand.
    if (target.kind === 'service') throw new LatchkeyError('PERMISSIONS_FROZEN');
    requireEditable(target, revision);
    const scope = { organizationId, catalogue, owner: requireMember(acting.principal), tx };
    const permissions = await personalPermissions(deps, scope, input.permissions);
    await refuseBeyondOwner(deps, scope, permissions);
    await requireTargetCovered(deps, acting, { ...target, permissions });
    await acting.stops({ subject: 'token', organizationId, id: tokenId });
    const change = { personalPermissions: permissions };
    const changed = await deps.store.tokens.update(tx, organizationId, tokenId, target.revision, change);
    await acting.audit({
      action: 'token.permissions_changed',
      target: { type: 'token', id: tokenId },
      details: { from: target.permissions.type, to: permissions.type },
    });
    return viewToken(deps, organizationId, changed, now, tx);
  });
  return { token, ...settlement };
};
