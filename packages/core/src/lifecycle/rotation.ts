import type { Instant } from '../clock.ts';
import type { ErrorCode } from '../errors/code.ts';

/** One secret of a token, without what proves it. */
export interface SecretFacts {
  /** 1 for the first; grows by one with each rotation. */
  readonly number: number;
  /** The end of its grace period, set when rotation superseded it; `null` for the newest. */
  readonly acceptedUntil: Instant | null;
  /** Cut, or its token revoked: its digest is a spent one. */
  readonly spent: boolean;
}

export interface RotationInput {
  readonly secrets: readonly SecretFacts[];
  /** How long the present secret shall still be accepted; 0 cuts it at once. */
  readonly graceMs: number;
  /** The organization's limit. */
  readonly maxGraceMs: number;
  readonly now: Instant;
  /** The caller says to cut a secret that is still in its grace period. */
  readonly cutOlder: boolean;
}

/**
 * What a rotation does to the secrets. `cut`: replace the digest by its spent image in the same transaction.
 * `stopping`: a secret that was accepted before may be refused from now on, so the call must settle.
 */
export type RotationPlan =
  | {
      readonly ok: true;
      readonly secretNumber: number;
      readonly supersede: { readonly number: number; readonly acceptedUntil: Instant };
      readonly cut: readonly number[];
      readonly stopping: boolean;
    }
  | { readonly ok: false; readonly code: Extract<ErrorCode, 'ROTATION_IN_GRACE'>; readonly graceEndsAt: Instant }
  | { readonly ok: false; readonly code: Extract<ErrorCode, 'GRACE_TOO_LONG'>; readonly maxGraceMs: number }
  | { readonly ok: false; readonly code: Extract<ErrorCode, 'TOKEN_REVOKED'> };

/** The secrets that are accepted at `now` as far as they themselves go: not spent, not past a grace period. */
export const liveSecrets = <S extends SecretFacts>(secrets: readonly S[], now: Instant): readonly S[] =>
  secrets.filter((secret) => !secret.spent && (secret.acceptedUntil === null || now < secret.acceptedUntil));

/** The secret with the greatest number. A token rotates itself with this one only. */
export const newestSecret = <S extends SecretFacts>(secrets: readonly S[]): S | null =>
  secrets.reduce<S | null>(
    (newest, secret) => (newest === null || secret.number > newest.number ? secret : newest),
    null,
  );

/**
 * Plans a rotation over rows that the caller holds locked (ONE-ROTATION). Never more than two live secrets after it.
 * Throws RangeError for a grace period that is not a whole number of milliseconds from 0.
 */
export const planRotation = (input: RotationInput): RotationPlan => {
  const { secrets, graceMs, maxGraceMs, now } = input;
  if (!Number.isSafeInteger(graceMs) || graceMs < 0)
    throw new RangeError('a grace period is whole milliseconds from 0');
  if (!(graceMs <= maxGraceMs)) return { ok: false, code: 'GRACE_TOO_LONG', maxGraceMs };
  const present = newestSecret(secrets);
  if (present === null || present.spent || present.acceptedUntil !== null) return { ok: false, code: 'TOKEN_REVOKED' };
  const inGrace = liveSecrets(secrets, now).filter((secret) => secret.acceptedUntil !== null);
  if (inGrace.length > 0 && !input.cutOlder) {
    const graceEndsAt = Math.max(...inGrace.map((secret) => secret.acceptedUntil ?? now));
    return { ok: false, code: 'ROTATION_IN_GRACE', graceEndsAt };
  }
  // Past its grace period and not yet spent: nobody accepts it any more, and it is tidied on the way.
  const older = secrets.filter((secret) => secret !== present && !secret.spent).map((secret) => secret.number);
  return {
    ok: true,
    secretNumber: present.number + 1,
    supersede: { number: present.number, acceptedUntil: now + graceMs },
    cut: graceMs === 0 ? [...older, present.number] : older,
    stopping: graceMs === 0 || inGrace.length > 0,
  };
};
