import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { planRotation, transition } from '@latchkey/core/lifecycle';
import { spendSecrets } from '@latchkey/core/token';
import type { TokenWithDigests } from '@latchkey/store';
import { type Acting, act } from '../acting/act.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { mintSecret } from './mint-secret.ts';
import { requireTargetCovered } from './require-target-covered.ts';
import { iso } from './token-view.ts';
import { transitionFacts } from './transition-facts.ts';
import { viewToken } from './view-tokens.ts';

const DEFAULT_GRACE_MS = 24 * 60 * 60 * 1_000;

type RotateInput = ParsedInput<'tokens', 'rotate'>;

/**
 * Gives a token a new secret and reveals it, once; the present one is accepted for a grace period. ONE-ROTATION: the row
 * is locked, so of many at once one wins and the others find its grace period.
 */
export const rotateToken = (deps: ApiDeps, by: Caller, input: RotateInput): Promise<Output<'tokens', 'rotate'>> =>
  // NO-ESCALATION: pinned, so that a demotion comes before the comparison below or after the commit.
  act(deps, by, { target: input.tokenId, pin: true }, async (acting) => {
    const { tx, now, organizationId, principal } = acting;
    const { target, as } = authorize(acting, 'rotate');
    // A leaked older secret must not take the token over from whoever holds the newest.
    if (as === 'itself' && principal.type === 'token' && principal.superseded) {
      throw new LatchkeyError('SECRET_SUPERSEDED');
    }
    const step = transition(target.state, 'rotate', await transitionFacts(deps, acting, target));
    if (!step.ok) throw new LatchkeyError(step.code);
    // A token that rotates itself is handed nothing that it hasn't got.
    if (as !== 'itself') await requireTargetCovered(deps, acting, target);
    const plan = await planFor(deps, acting, target, input);
    const { text, secret } = mintSecret(deps, target, plan.secretNumber, now);
    const { acceptedUntil } = plan.supersede;
    await cut(
      deps,
      acting,
      target,
      plan.cut.filter((number) => number !== plan.supersede.number),
    );
    await deps.store.tokens.addSecret(tx, organizationId, target.tokenId, secret, { at: now, acceptedUntil });
    await cut(
      deps,
      acting,
      target,
      plan.cut.filter((number) => number === plan.supersede.number),
    );
    if (plan.stopping) await acting.stops({ subject: 'token', organizationId, id: target.tokenId });
    await acting.audit({
      action: 'token.rotated',
      target: { type: 'token', id: target.tokenId },
      details: { secretNumber: plan.secretNumber, acceptedUntil: iso(acceptedUntil), cut: plan.cut },
    });
    const rotated = await deps.store.tokens.find(organizationId, target.tokenId, tx);
    if (rotated === null) throw new LatchkeyError('NOT_FOUND');
    return { token: await viewToken(deps, organizationId, rotated, now, tx), tokenText: text };
  });

const planFor = async (
  deps: ApiDeps,
  { tx, now, organizationId }: Acting,
  { secrets }: TokenWithDigests,
  { graceMs, cutOlder }: RotateInput,
) => {
  const organization = await deps.store.organizations.find(organizationId, tx);
  const maxGraceMs = organization?.maxGraceMs ?? 0;
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

/** Their digests become one-way images: what was cut is recognised when it is used late, and never accepted. */
const cut = async (
  { store, crypto, keys }: ApiDeps,
  { tx, organizationId }: Acting,
  { tokenId, secrets }: TokenWithDigests,
  numbers: readonly number[],
): Promise<void> => {
  if (numbers.length === 0) return;
  const spent = spendSecrets(
    crypto,
    keys.peppers,
    secrets.filter(({ number }) => numbers.includes(number)),
  );
  await store.tokens.spendSecrets(tx, organizationId, tokenId, spent);
};
