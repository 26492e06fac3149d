import type { Instant, Tx } from '@latchkey/core';

/** Whose key it is, and of what: the same text by somebody else, or for another procedure, is another key. */
export interface IdempotencyScope {
  readonly organizationId: string;
  readonly actor: { readonly type: 'member' | 'token'; readonly id: string };
  readonly procedure: string;
  /** 1 to 128 characters. */
  readonly key: string;
}

export type IdempotencyClaim =
  /** Nobody has used it: the caller does the work and keeps what a repetition needs, in this transaction. */
  | { readonly outcome: 'first' }
  | { readonly outcome: 'repeated'; readonly digest: Uint8Array; readonly kept: unknown }
  /** This actor has as many keys as one may have; the oldest ends at `until`. */
  | { readonly outcome: 'too_many'; readonly until: Instant };

/** Keys by which a lost answer is asked for again. They are forgotten after 24 hours. */
export interface IdempotencyKeys {
  /**
   * Takes the key for this transaction. Whoever comes with the same one at the same time waits for its end: where it
   * commits the other repeats, where it rolls back the other is the first; those who repeat come one
   * after the other. Take it before any other lock.
   */
  claim(tx: Tx, scope: IdempotencyScope, digest: Uint8Array, now: Instant): Promise<IdempotencyClaim>;
  /** What a repetition is answered from, as JSON; it replaces what was kept before. Never a secret (SECRET-ONCE). */
  keep(tx: Tx, scope: IdempotencyScope, kept: unknown): Promise<void>;
  /** Housekeeping: one slice of what is older than 24 hours; how many there were. */
  removeExpired(limit: number, now: Instant): Promise<number>;
}
