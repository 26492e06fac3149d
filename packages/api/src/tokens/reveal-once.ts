import type { TokenView } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { planRepeat, transition } from '@latchkey/core/lifecycle';
import { spendSecrets } from '@latchkey/core/token';
import type { TokenWithDigests } from '@latchkey/store';
import { type Acting, type ActOptions, actAndStop, type Stopped } from '../acting/act.ts';
import { claimKey, type Repeatable, scopeOf } from '../acting/claim-key.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { mintSecret } from './mint-secret.ts';
import { transitionFacts } from './transition-facts.ts';
import { viewToken } from './view-tokens.ts';

/** What one answer reveals, and the number of the secret in it. */
export interface Revealed {
  readonly answer: { readonly token: TokenView; readonly tokenText: string };
  readonly secretNumber: number;
}

/** What stands for an answer that revealed a secret: which one it was. SECRET-ONCE: the text is nowhere. */
interface Kept {
  readonly tokenId: string;
  readonly secretNumber: number;
}

/**
 * Runs a command that reveals a secret, once for each idempotency key. A lost answer can't be told again: who repeats
 * the call gets a fresh secret in the place of the one that nobody has used, and nothing forks (ONE-ROTATION). `permit`
 * judges once more, on the token that the first call was about: a repetition hands out a secret like any other call.
 */
export const revealOnce = async (
  deps: ApiDeps,
  by: Caller,
  call: Repeatable,
  options: ActOptions,
  work: (acting: Acting) => Promise<Revealed>,
  permit: (acting: Acting, target: TokenWithDigests) => Promise<void>,
): Promise<Revealed['answer']> =>
  (await revealAndStopOnce(deps, by, call, { ...options, wait: true }, work, permit)).result;

/** The same for a command whose caller may choose not to wait until it has settled. */
export const revealAndStopOnce = async (
  deps: ApiDeps,
  by: Caller,
  call: Repeatable,
  options: ActOptions & { readonly wait: boolean },
  work: (acting: Acting) => Promise<Revealed>,
  permit: (acting: Acting, target: TokenWithDigests) => Promise<void>,
): Promise<Stopped<Revealed['answer']>> => {
  const scope = scopeOf(by, call);
  if (scope === null) return answerOf(await actAndStop(deps, by, options, work));
  let found: { readonly kept: unknown } | null = null;
  const before: ActOptions['before'] = async (tx) => {
    found = await claimKey(deps, tx, scope, call.input);
    return found === null ? undefined : { target: (found.kept as Kept).tokenId };
  };
  const stopped = await actAndStop(deps, by, { ...options, before }, async (acting) => {
    const revealed = await (found === null
      ? work(acting)
      : revealAgain(deps, acting, (found.kept as Kept).secretNumber, permit));
    const kept: Kept = { tokenId: revealed.answer.token.tokenId, secretNumber: revealed.secretNumber };
    await deps.store.idempotencyKeys.keep(acting.tx, scope, kept);
    return revealed;
  });
  return answerOf(stopped);
};

const answerOf = ({ result, settlement }: Stopped<Revealed>): Stopped<Revealed['answer']> => ({
  result: result.answer,
  settlement,
});

const revealAgain = async (
  deps: ApiDeps,
  acting: Acting,
  secretNumber: number,
  permit: (acting: Acting, target: TokenWithDigests) => Promise<void>,
): Promise<Revealed> => {
  const { tx, now, organizationId, target } = acting;
  if (target === null) throw new LatchkeyError('NOT_FOUND');
  const { tokenId } = target;
  await permit(acting, target);
  const step = transition(target.state, 'rotate', await transitionFacts(deps, acting, target));
  if (!step.ok) throw new LatchkeyError(step.code);
  const plan = planRepeat({ secrets: target.secrets, secretNumber });
  if (!plan.ok) throw new LatchkeyError('ALREADY_REVEALED', { because: plan.because, tokenId });
  const unused = target.secrets.filter(({ number }) => number === plan.cut[0]);
  for (const spent of spendSecrets(deps.crypto, deps.keys.peppers, unused)) {
    // Asked of the row itself: a first use may have been recorded since it was read.
    if (await deps.store.tokens.spendUnused(tx, organizationId, tokenId, spent)) continue;
    throw new LatchkeyError('ALREADY_REVEALED', { because: 'used', tokenId });
  }
  const { text, secret } = mintSecret(deps, target, plan.secretNumber, now);
  await deps.store.tokens.addSecret(tx, organizationId, tokenId, secret, { at: now, acceptedUntil: now });
  // Whoever holds the lost answer's secret is refused from now on.
  await acting.stops({ subject: 'token', organizationId, id: tokenId });
  await acting.audit({
    action: 'token.rotated',
    target: { type: 'token', id: tokenId },
    details: { secretNumber: plan.secretNumber, repeated: true, cut: plan.cut },
  });
  const repeated = await deps.store.tokens.find(organizationId, tokenId, tx);
  if (repeated === null) throw new LatchkeyError('NOT_FOUND');
  const token = await viewToken(deps, organizationId, repeated, now, tx);
  return { answer: { token, tokenText: text }, secretNumber: plan.secretNumber };
};
