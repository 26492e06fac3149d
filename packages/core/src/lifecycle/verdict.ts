import type { Instant } from '../clock.ts';
import type { Proof } from '../token/prove.ts';
import { addressIsWithin } from './cidr.ts';
import { type Gates, isOwnerRemoved, isRecalled, type Marks } from './mark.ts';
import type { RejectionReason } from './rejection.ts';
import type { SecretFacts } from './rotation.ts';
import type { TokenState } from './state.ts';

/** What the verdict asks of a stored token. */
export interface TokenFacts {
  readonly kind: 'personal' | 'service';
  readonly state: TokenState;
  /** Refused from this instant on; `null` never. */
  readonly expiresAt: Instant | null;
  /** CIDR; an empty list means any address. */
  readonly addressRanges: readonly string[];
  /** Those of its issue. */
  readonly marks: Marks;
}

export interface VerdictInput {
  /** What one look-up read together (GATE-FIRST); `null` for an unknown id. */
  readonly found: ({ readonly token: TokenFacts; readonly secrets: readonly SecretFacts[] } & Gates) | null;
  /** What `proveSecret` made of it. */
  readonly proof: Proof;
  /** The database's clock (CLOCK-EXPIRY). */
  readonly now: Instant;
  /** Where the credential was presented from. Left out, a token with address ranges is refused. */
  readonly address?: string | undefined;
}

/** `until`: the first instant at which this would no longer be accepted though nothing else happened, or `null`. */
export type Verdict =
  | {
      readonly accepted: true;
      readonly secretNumber: number;
      /** A rotation has superseded this secret; it is in its grace period. */
      readonly superseded: boolean;
      readonly until: Instant | null;
    }
  | { readonly accepted: false; readonly reason: RejectionReason };

/**
 * What becomes of a presented token: one look at token, secret, owner, organization and installation together. A
 * member's removal refuses here, whatever the rows of its tokens still say (GATE-FIRST). In the order of the table
 * "What a caller gets"; every comparison refuses what it can't read (FAIL-CLOSED).
 */
export const verdictOf = (input: VerdictInput): Verdict => {
  const { found, proof, now } = input;
  if (found === null) return refuse('unknown');
  const { token } = found;
  const secret = judgeSecret(found.secrets, proof, now, token.state === 'revoked');
  if (!secret.accepted) return secret;
  if (isRecalled(token, found)) return refuse('recalled');
  if (token.expiresAt !== null && !isBefore(now, token.expiresAt)) return refuse('expired');

  if (isOwnerRemoved(token, found)) return refuse('owner_removed');
  if (token.state !== 'active') return refuse('inactive');
  if (token.addressRanges.length > 0 && !addressIsWithin(token.addressRanges, input.address)) return refuse('address');

  const ends = [token.expiresAt, secret.until].filter((end) => end !== null);
  return { ...secret, until: ends.length === 0 ? null : Math.min(...ends) };
};

/** The same for a credential of the installation: it has no owner, no organization, no expiry and no address ranges. */
export const credentialVerdictOf = (input: {
  readonly found: { readonly revoked: boolean; readonly secrets: readonly SecretFacts[] } | null;
  readonly proof: Proof;
  readonly now: Instant;
}): Verdict =>
  input.found === null
    ? refuse('unknown')
    : judgeSecret(input.found.secrets, input.proof, input.now, input.found.revoked);

const judgeSecret = (secrets: readonly SecretFacts[], proof: Proof, now: Instant, revoked: boolean): Verdict => {
  // PROOF-FIRST: until the secret is proved nothing of the state is looked at.
  if (proof.outcome === 'none') return refuse('wrong_secret');
  const secret = secrets.find((each) => each.number === proof.secretNumber);
  if (secret === undefined) return refuse('wrong_secret');
  const until = secret.acceptedUntil;
  const spent = proof.outcome === 'spent' || secret.spent;
  if (until !== null && (spent || !isBefore(now, until))) return refuse('superseded');
  // A spent digest that nothing superseded is that of a revocation, whatever state its row was given since (TERMINAL).
  if (spent || revoked) return refuse('revoked');
  return { accepted: true, secretNumber: secret.number, superseded: until !== null, until };
};

const refuse = (reason: RejectionReason): Verdict => ({ accepted: false, reason });

// NaN is before nothing: an instant that can't be read has passed.
const isBefore = (now: Instant, end: Instant): boolean => now < end;
