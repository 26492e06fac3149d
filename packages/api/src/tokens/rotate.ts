import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { planRotation, transition } from '@latchkey/core/lifecycle';
import type { TokenWithDigests } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { Repeatable } from '../acting/claim-key.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { cutSecrets } from './cut-secrets.ts';
import { mintSecret } from './mint-secret.ts';
import { requireTargetCovered } from './require-target-covered.ts';
import { type Revealed, revealAndStopOnce } from './reveal-once.ts';
import { iso } from './token-view.ts';
import { transitionFacts } from './transition-facts.ts';
import { viewToken } from './view-tokens.ts';

const DEFAULT_GRACE_MS = 24 * 60 * 60 * 1_000;

type RotateInput = ParsedInput<'tokens', 'rotate'>;

/**
 * Gives a token a new secret and reveals it, once; the present one is accepted for a grace period. ONE-ROTATION: the row
 * is locked, so of many at once one wins and the others find its grace period.
 */
export const rotateToken = (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: RotateInput,
): Promise<Output<'tokens', 'rotate'>> =>
  rotateBy(deps, by, { procedure: 'tokens.rotate', input }, input.tokenId, { ...input, wait });

/** The same for a call by another name: `call` is what its idempotency key belongs to. */
export const rotateBy = async (
  deps: ApiDeps,
  by: Caller,
  call: Repeatable,
  tokenId: string,
  terms: Pick<RotateInput, 'graceMs' | 'cutOlder' | 'cutWhenSilentMs' | 'wait'>,
): Promise<Output<'tokens', 'rotate'>> => {
  const { result, settlement } = await revealAndStopOnce(
    deps,
    by,
    call,
    // NO-ESCALATION: pinned, so that a demotion comes before the comparison below or after the commit.
    { target: tokenId, pin: true, wait: terms.wait },
    (acting) => rotate(deps, acting, terms),
    async (acting) => void (await permitted(deps, acting)),
  );
  return { ...result, ...settlement };
};

/** Who may rotate covers what the token may do; a token that rotates itself is handed nothing that it hasn't got. */
const permitted = async (deps: ApiDeps, acting: Acting) => {
  const found = authorize(acting, 'rotate');
  if (found.as !== 'itself') await requireTargetCovered(deps, acting, found.target);
  return found;
};

const rotate = async (
  deps: ApiDeps,
  acting: Acting,
  terms: Pick<RotateInput, 'graceMs' | 'cutOlder' | 'cutWhenSilentMs'>,
): Promise<Revealed> => {
  const { tx, now, organizationId, principal } = acting;
  const { target, as } = await permitted(deps, acting);
  // A leaked older secret must not take the token over from whoever holds the newest. It repeats its own rotation only.
  if (as === 'itself' && principal.type === 'token' && principal.superseded) {
    throw new LatchkeyError('SECRET_SUPERSEDED');
  }
  const step = transition(target.state, 'rotate', await transitionFacts(deps, acting, target));
  if (!step.ok) throw new LatchkeyError(step.code);
  const plan = await planFor(deps, acting, target, terms);
  const { text, secret } = mintSecret(deps, target, plan.secretNumber, now);
  const { acceptedUntil, number } = plan.supersede;
  const cutOlder = plan.cut.filter((each) => each !== number);
  await cutSecrets(deps, acting, target, cutOlder);
  await deps.store.tokens.addSecret(tx, organizationId, target.tokenId, secret, {
    at: now,
    acceptedUntil,
    cutWhenSilentMs: terms.cutWhenSilentMs ?? null,
  });
  const cutPresent = plan.cut.filter((each) => each === number);
  await cutSecrets(deps, acting, target, cutPresent);
  // With a grace period too: who has seen the present secret accepted without an end has to hear of its end.
  await acting.stops({ subject: 'token', organizationId, id: target.tokenId });
  await acting.audit({
    action: 'token.rotated',
    target: { type: 'token', id: target.tokenId },
    details: {
      secretNumber: plan.secretNumber,
      acceptedUntil: iso(acceptedUntil),
      cutWhenSilentMs: terms.cutWhenSilentMs ?? null,
      cut: plan.cut,
    },
  });
  const rotated = await deps.store.tokens.find(organizationId, target.tokenId, tx);
  if (rotated === null) throw new LatchkeyError('NOT_FOUND');
  const token = await viewToken(deps, organizationId, rotated, now, tx);
  return { answer: { token, tokenText: text }, secretNumber: plan.secretNumber };
};

const planFor = async (
  deps: ApiDeps,
  { tx, now, organizationId }: Acting,
  { secrets }: TokenWithDigests,
  { graceMs, cutOlder }: Pick<RotateInput, 'graceMs' | 'cutOlder' | 'cutWhenSilentMs'>,
) => {
  const { settings } = await deps.store.settings.lockForShare(tx, organizationId);
  const { maxGraceMs } = settings;
  const plan = planRotation({
    secrets,
    graceMs: graceMs ?? Math.min(DEFAULT_GRACE_MS, maxGraceMs),
    maxGraceMs,
    now,
    cutOlder,
  });
  if (plan.ok) return plan;
  switch (plan.code) {
    case 'ROTATION_IN_GRACE':
      throw new LatchkeyError(plan.code, { graceEndsAt: iso(plan.graceEndsAt) });
    case 'GRACE_TOO_LONG':
      throw new LatchkeyError(plan.code, { maxGraceMs: plan.maxGraceMs });
    case 'TOKEN_REVOKED':
      throw new LatchkeyError(plan.code);
  }
};
