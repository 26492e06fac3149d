import type { Instant } from '../clock.ts';
import { newestSecret, type SecretFacts } from './rotation.ts';

export interface RepeatInput {
  readonly secrets: readonly (SecretFacts & { readonly firstUsedAt: Instant | null })[];
  /** The secret that the lost answer revealed. */
  readonly secretNumber: number;
}

/** `cut` is the secret that nobody has used; the one before it keeps the grace period that it was given. */
export type RepeatPlan =
  | { readonly ok: true; readonly secretNumber: number; readonly cut: readonly [unused: number] }
  | { readonly ok: false; readonly because: 'used' | 'overtaken' };

/**
 * A lost answer is asked for again, with the same idempotency key: of an issue, a clone or a rotation. Its secret was
 * revealed once and can't be told again (SECRET-ONCE), so an unused one is replaced; nothing forks (ONE-ROTATION).
 * `used`: somebody has it, so the answer was not lost. `overtaken`: it is not the newest any more, or was cut.
 */
export const planRepeat = (input: RepeatInput): RepeatPlan => {
  const newest = newestSecret(input.secrets);
  if (newest === null || newest.number !== input.secretNumber || newest.spent || newest.acceptedUntil !== null) {
    return { ok: false, because: 'overtaken' };
  }
  if (newest.firstUsedAt !== null) return { ok: false, because: 'used' };
  return { ok: true, secretNumber: newest.number + 1, cut: [newest.number] };
};
