import type { Instant, Tx } from '@latchkey/core';
import type { Anchor, ChainedEvent, ChainHead, ChainStub, Seal, SealedEvent } from '@latchkey/core/audit';

/** An event that waits for its seal; `null` where its row has vanished since. */
export interface UnsealedEvent {
  readonly organizationId: string;
  readonly eventId: string;
  readonly at: Instant;
  readonly event: ChainedEvent | null;
}

/** The chains of the audit trail, one for each organization. Append-only: nobody's role may change or remove a seal. */
export interface AuditChain {
  /**
   * Takes events off the queue, in the order of their transactions, and only those that no transaction still running
   * could precede. Nobody else seals until `tx` has ended: `null` where somebody else is at it.
   */
  take(tx: Tx, limit: number): Promise<readonly UnsealedEvent[] | null>;
  heads(
    tx: Tx,
    organizationIds: readonly string[],
  ): Promise<ReadonlyMap<string, ChainHead & { readonly sealedAt: Instant }>>;
  /** In the order of each chain; the heads move along, and the events to the months of their seals. */
  append(tx: Tx, seals: readonly ({ readonly organizationId: string } & Seal)[]): Promise<void>;
  /** Heads that stand nowhere else yet, of chains that were anchored longest ago than `everyMs`. */
  unanchored(everyMs: number, limit: number): Promise<readonly Anchor[]>;
  noteAnchored(anchors: readonly Pick<Anchor, 'organizationId' | 'number'>[]): Promise<void>;
  /** Seals after a number, in order, each with its event. */
  read(organizationId: string, after: number, limit: number): Promise<readonly SealedEvent[]>;
  /** What retention has left of what it dropped, the oldest first. */
  stubs(organizationId: string): Promise<readonly ChainStub[]>;
  /** Seals by the time of sealing, which grows with their numbers. */
  readBetween(
    organizationId: string,
    range: { readonly after: number; readonly from: Instant | null; readonly to: Instant | null },
    limit: number,
  ): Promise<readonly SealedEvent[]>;
  /** The ids, among these, of sealed events with this action, with what their details say. */
  findSealed(
    organizationId: string,
    eventIds: readonly string[],
    action: string,
  ): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>>;
  /** A slice of all events, by time: those of it that have no seal and don't wait for one. */
  findUnchained(
    organizationId: string,
    after: EventPosition | null,
    limit: number,
  ): Promise<{ readonly eventIds: readonly string[]; readonly last: EventPosition | null }>;
  /** What waits for its seal. */
  waiting(organizationId: string): Promise<{ readonly count: number; readonly oldestAt: Instant | null }>;
}

export interface EventPosition {
  readonly at: Instant;
  readonly eventId: string;
}
