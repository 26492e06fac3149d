import type { Instant, Tx } from '@latchkey/core';

export interface TidiedToken {
  readonly organizationId: string;
  readonly tokenId: string;
}

/** What the worker does to rows that nobody waits for. Each call is one slice, and empty means done (ONE-EFFECT). */
export interface Housekeeping {
  /**
   * Notes of up to `limit` tokens that their expiry has come, each expiry once; they were refused from that instant on by
   * the clock alone (CLOCK-EXPIRY). The slice that somebody else has in hand is left out.
   */
  recordExpiries(
    tx: Tx,
    organizationId: string,
    limit: number,
    now: Instant,
  ): Promise<readonly (TidiedToken & { readonly expiresAt: Instant })[]>;

  /**
   * Deactivates up to `limit` active tokens that have been idle since `idleSince` or longer, and of whose idleness somebody
   * was reminded, under this threshold, at `warnedBy` at the latest. The warning is taken back with it: a token that is
   * activated again is warned of again.
   */
  deactivateIdle(
    tx: Tx,
    slice: {
      readonly organizationId: string;
      readonly thresholdDays: number;
      readonly idleSince: Instant;
      readonly warnedBy: Instant;
      readonly limit: number;
      readonly now: Instant;
    },
  ): Promise<readonly (TidiedToken & { readonly idleSince: Instant })[]>;

  /** Removes up to `limit` sessions and as many sign-in links that have ended by the database's clock. @returns how many */
  removeEndedSessions(limit: number): Promise<number>;

  /**
   * Removes up to `limit` tokens that were revoked more than `keptDays` ago, 30 at least, with their secrets and
   * reminders, each with one audit event that the database writes itself. One that is another token's parent stays.
   * @returns how many
   */
  purgeTombstones(organizationId: string, keptDays: number, limit: number): Promise<number>;
}
