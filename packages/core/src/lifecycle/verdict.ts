import type { Instant } from '../clock.ts';
import type { TokenKind } from '../token/format.ts';
import type { Proof } from '../token/prove.ts';
import { addressIsWithin } from './cidr.ts';
import { type IssueMarks, isOwnerRemoved, isRecalled, type Mark, type OwnerFacts } from './mark.ts';
import type { RejectionReason } from './rejection.ts';
import type { SecretFacts } from './rotation.ts';
import type { TokenState } from './state.ts';

export interface TokenFacts {
  readonly kind: TokenKind;
  readonly state: TokenState;
  /** Refused from this instant on; `null` never. */
  readonly expiresAt: Instant | null;
  /** CIDR texts; `null` for anywhere. An empty list lets nobody in. */
  readonly addressRanges: readonly string[] | null;
  readonly marks: IssueMarks;
  readonly secrets: readonly SecretFacts[];
}

export interface VerdictInput {
  /** `null` for an unknown id. */
  readonly token: TokenFacts | null;
  /** What `proveSecret` found for it. */
  readonly proof: Proof;
  /** `null` where there is none: refused, unless the token is of kind `system`. */
  readonly organization: { readonly mark: Mark } | null;
  /** The owner of a personal token; `null` for the other kinds. */
  readonly owner: OwnerFacts | null;
  readonly installationMark: Mark;
  /** The database's clock. */
  readonly now: Instant;
  /** Where the credential was presented from. Left out, a token with address ranges is refused. */
  readonly address?: string;
}

/** `until`: the first instant at which this would no longer be accepted if nothing else happened, or `null`. */
export type Verdict =
  | {
      readonly accepted: true;
      readonly secretNumber: number;
      readonly inGrace: boolean;
      readonly until: Instant | null;
    }
  | { readonly accepted: false; readonly reason: RejectionReason };

/**
 * What becomes of a presented token: one look at token, secret, owner, organization and installation together
 * (GATE-FIRST: a member's removal refuses here, whatever its tokens' rows still say). In the order of the table
 * "What a caller gets" of the design; every comparison refuses what it can't read (FAIL-CLOSED).
 */
export const verdictOf = (input: VerdictInput): Verdict => {
  const { token, proof, now } = input;
  // PROOF-FIRST: until the secret is proved nothing of the token's state is looked at.
  if (token === null) return refuse('unknown');
  if (proof.outcome === 'none') return refuse('wrong_secret');
  const secret = token.secrets.find((each) => each.secretNumber === proof.secretNumber);
  if (secret === undefined) return refuse('wrong_secret');

  const superseded = secret.acceptedUntil !== null;
  if (superseded && (proof.outcome === 'spent' || !isBefore(now, secret.acceptedUntil))) return refuse('superseded');
  // A spent digest that nothing superseded is that of a revoked token, whatever state its row was given since.
  if (token.state === 'revoked' || proof.outcome === 'spent' || secret.spent) return refuse('revoked');
  const organizationMark = input.organization?.mark ?? null;
  const current = { installation: input.installationMark, organization: organizationMark };
  if (isRecalled(token, current)) return refuse('recalled');
  if (token.expiresAt !== null && !isBefore(now, token.expiresAt)) return refuse('expired');

  if (isOwnerRemoved(token, input.owner)) return refuse('owner_removed');
  if (token.state !== 'active') return refuse('inactive');
  if (token.addressRanges !== null && !addressIsWithin(token.addressRanges, input.address)) return refuse('address');

  return {
    accepted: true,
    secretNumber: secret.secretNumber,
    inGrace: superseded,
    until: earliest(token.expiresAt, secret.acceptedUntil),
  };
};

const refuse = (reason: RejectionReason): Verdict => ({ accepted: false, reason });

// NaN is before nothing: an instant that can't be read has passed.
const isBefore = (now: Instant, end: Instant): boolean => now < end;

const earliest = (a: Instant | null, b: Instant | null): Instant | null => {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
};
