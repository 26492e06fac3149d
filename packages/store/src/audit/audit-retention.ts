import type { Instant } from '@latchkey/core';
import type { ChainHead, ChainStub, DroppedPart, Seal } from '@latchkey/core/audit';

/** A month of sealing, as its first day, in UTC: `2027-03-01`. */
export type SealedMonth = string;

/** How the trail's partitions stand. */
export interface RetentionFacts {
  /** From the end of a month; `null`: everything is kept. */
  readonly retentionDays: number | null;
  /** Months that are made and have not begun. Fewer than two: who makes them is away. */
  readonly aheadMonths: readonly SealedMonth[];
  /** Months that the installation and all their organizations let go of and that are still there, the oldest first. */
  readonly overdueMonths: readonly SealedMonth[];
  /** Older than some seconds: the sealer is away, or a transaction is still running. */
  readonly oldestUnsealedAt: Instant | null;
}

/** One organization's part of a month, with what proves that the chain holds where it would be cut. */
export interface DroppablePart {
  readonly organizationId: string;
  readonly part: Omit<DroppedPart, 'droppedAt'>;
  readonly last: Pick<Seal, 'link' | 'mac' | 'keyId'>;
  /** The first seal that stays; `null` where the chain ends here. */
  readonly next: Seal | null;
  readonly head: ChainHead;
  /** Of the newest stub so far. */
  readonly stubLinkBefore: string | null;
}

/**
 * What became of a month that was to be dropped. Nothing was changed, but by `dropped`:
 * - `kept`, `too_young`: retention doesn't let go of it; `held`: an organization that has events in it keeps them longer;
 *   `missing`: it isn't there; `not_oldest`: months go in their order;
 * - `not_anchored`: not all of it stands outside of the database yet; `busy`: somebody holds the trail; `stubs_differ`: it
 *   changed while it was looked at. Later it may go;
 * - `not_sealed`, `broken`: an event without a seal, a gap, a seal that somebody else made. It is evidence, and stays.
 */
export type DropAnswer =
  | 'dropped'
  | 'kept'
  | 'too_young'
  | 'held'
  | 'missing'
  | 'not_oldest'
  | 'not_anchored'
  | 'busy'
  | 'stubs_differ'
  | 'not_sealed'
  | 'broken';

/** Partitions of the audit trail, made and dropped by functions of the database that judge for themselves. */
export interface AuditRetention {
  facts(): Promise<RetentionFacts>;
  /** Makes the partitions of this month and of so many after it. @returns how many were missing */
  makeAhead(monthCount: number): Promise<number>;
  /** Takes as long as it takes to count a month. */
  parts(month: SealedMonth): Promise<readonly DroppablePart[]>;
  /** The same, and holds up who writes events for half a second at most. One stub for each organization of the month. */
  drop(month: SealedMonth, stubs: readonly ({ readonly organizationId: string } & ChainStub)[]): Promise<DropAnswer>;
}
