import { LatchkeyError } from '@latchkey/core/errors';
import { transition } from '@latchkey/core/lifecycle';
import { spendSecrets } from '@latchkey/core/token';
import type { TokenWithDigests, TokenWithSecrets } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';
import { transitionFacts } from './transition-facts.ts';

/** As much of a command at work as stopping a token takes. */
export type Stopping = Pick<Acting, 'tx' | 'now' | 'organizationId' | 'audit' | 'stops'>;

/**
 * Deactivates or revokes inside the caller's transaction. Said twice it is one effect and one audit event, but a change
 * in the feed each time: whoever says it again is told that it has settled, too (DEAD-ON-RETURN).
 */
export const stopToken = async (
  deps: Pick<ApiDeps, 'store' | 'crypto' | 'keys'>,
  acting: Stopping,
  target: TokenWithDigests,
  verb: 'deactivate' | 'revoke',
  reason: string | undefined,
  why: { readonly because?: 'late_use'; readonly details?: Readonly<Record<string, unknown>> } = {},
): Promise<TokenWithSecrets> => {
  const { tx, now, organizationId } = acting;
  const { tokenId } = target;
  await acting.stops({ subject: 'token', organizationId, id: tokenId });
  const step = transition(target.state, verb, await transitionFacts(deps, acting, target));
  if (!step.ok) throw new LatchkeyError(step.code);
  if (!step.changed) return target;
  const revoked = step.to === 'revoked';
  // TERMINAL: not only the state: what is left of the secrets can recognise a late use and authenticate nothing.
  if (revoked) {
    const spent = spendSecrets(deps.crypto, deps.keys.peppers, target.secrets);
    await deps.store.tokens.spendSecrets(tx, organizationId, tokenId, spent);
  }
  const change = revoked
    ? { state: step.to, revokedAt: now }
    : { state: step.to, deactivatedAt: now, deactivatedBecause: why.because ?? ('asked' as const) };
  const stopped = await deps.store.tokens.update(tx, organizationId, tokenId, target.revision, change);
  await acting.audit({
    action: revoked ? 'token.revoked' : 'token.deactivated',
    target: { type: 'token', id: tokenId },
    reason: reason ?? null,
    details: { ...(why.because === undefined ? {} : { because: why.because }), ...why.details },
  });
  return stopped;
};
