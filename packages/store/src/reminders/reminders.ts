import type { Instant, Tx } from '@latchkey/core';

export type ReminderKind = 'expiry' | 'rotation' | 'idle' | 'grace';
export type ReminderChannel = 'console' | 'mail' | 'webhook';

/** One reminder, named by what it is about. ONE-REMINDER: there is never a second one of the same name. */
export interface ReminderName {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly kind: ReminderKind;
  /**
   * What it is about: the expiry, the issue of the secret that has grown old, the last use, the end of the grace period.
   * Another one is another matter.
   */
  readonly anchor: Instant;
  /** Days before the expiry, or days of age or of idleness; 0 before the end of a grace period. */
  readonly thresholdDays: number;
  readonly channel: ReminderChannel;
}

/** What a page of those that may be due left behind. */
export interface ReminderPage {
  readonly made: readonly ReminderName[];
  /** Where the next page begins; `null` where this was the last. */
  readonly next: ReminderCursor | null;
}

export interface ReminderCursor {
  readonly at: Instant;
  readonly tokenId: string;
}

export interface ReminderScan {
  readonly organizationId: string;
  readonly thresholdDays: number;
  readonly channels: readonly ReminderChannel[];
  readonly after: ReminderCursor | null;
  /** How many tokens are looked at, due or not: what bounds a statement. */
  readonly limit: number;
  readonly now: Instant;
}

/** What a reminder says, and whether there is still a point in saying it. */
export interface ReminderContent extends ReminderName {
  readonly name: string;
  readonly tokenKind: 'personal' | 'service';
  /** Who is told: the owner, or the member who issued a service token; `null` where a token issued it. */
  readonly memberId: string | null;
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  readonly lastUsedAddress: string | null;
  readonly lastUsedClient: string | null;
}

/**
 * Reminders of what is about to break. Making one and recording the work of delivering it happen in one transaction, so
 * that neither exists without the other.
 */
export interface Reminders {
  /**
   * One page of the active tokens that expire within `thresholdDays`, and not already within `nearerDays`: after an outage
   * only the nearest threshold is told. Tokens that were issued within the threshold are left to the nearer ones.
   */
  remindOfExpiry(tx: Tx, scan: ReminderScan & { readonly nearerDays: number }): Promise<ReminderPage>;
  /** One page of the active tokens whose newest secret is as old as `thresholdDays`. */
  remindOfRotation(tx: Tx, scan: ReminderScan): Promise<ReminderPage>;
  /** One page of the active tokens, ever used or never, that have been idle since `idleSince` or longer. */
  remindOfIdleness(
    tx: Tx,
    scan: ReminderScan & { readonly idleSince: Instant; readonly everUsed: boolean },
  ): Promise<ReminderPage>;
  /**
   * One page of the active tokens whose superseded secret is refused soon, a quarter of its grace period before, and has
   * been used in the second half of it: somebody still holds it.
   */
  remindOfGraceEnd(tx: Tx, scan: Omit<ReminderScan, 'thresholdDays'>): Promise<ReminderPage>;
  /**
   * Takes a reminder to deliver it; `null` where it was delivered, there is no point any more (the token has been rotated,
   * revoked, extended, used, or has ended), or it is not there; `busy` while somebody else has it, for `claimMs`.
   */
  claim(name: ReminderName, now: Instant, claimMs: number): Promise<ReminderContent | 'busy' | null>;
  settle(name: ReminderName, as: 'sent' | 'refused', at: Instant): Promise<void>;
  /** Gives a claim back: whoever comes next may have it at once. */
  release(name: ReminderName): Promise<void>;
  /** Made and not settled, for whoever asks how it goes; the age of the oldest in milliseconds. */
  lag(now: Instant): Promise<{ readonly count: number; readonly oldestMs: number }>;
}
