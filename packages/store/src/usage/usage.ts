import type { Instant } from '@latchkey/core';
import type { DecisionCount } from '@latchkey/core/usage';

/** One request, or several that were counted together, over all days that were asked for. */
export type CountedRequest = Omit<DecisionCount, 'organizationId' | 'tokenId'>;

export interface TokenUsage {
  /** The most often allowed first. */
  readonly requests: readonly CountedRequest[];
  /** Begin of the first UTC day on which something was counted; `null`: nothing was. */
  readonly since: Instant | null;
}

/** What tokens were used for: decisions, counted by UTC day. They decide nothing, and a lost batch is lost. */
export interface Usage {
  /**
   * Adds to the counts of the day of `at`. TENANT-WALL: what is said of a token that the organization doesn't have is left
   * out. BOUNDED-WORK: of one token and day as many requests are kept apart as `COUNTED` says, whoever counts them; the
   * rest is folded.
   */
  record(counted: readonly DecisionCount[], at: Instant): Promise<void>;
  /** What was counted of one token since the UTC day of `since`, up to `limit` rows. */
  find(organizationId: string, tokenId: string, since: Instant, limit: number): Promise<TokenUsage>;
  /** Housekeeping: one slice of the days before that of `before`; how many rows there were. */
  removeBefore(before: Instant, limit: number): Promise<number>;
}
