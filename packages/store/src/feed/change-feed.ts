import type { Instant, Tx } from '@latchkey/core';
import type { Change } from '@latchkey/core/verifier';

export type { Change } from '@latchkey/core/verifier';

/** Names a stopping transaction. Plain data: it may be kept, and asked about in another process. */
export interface StopReceipt {
  /** In which the transaction id means something: after a crash the same id may be somebody else's. */
  readonly incarnation: string;
  /** Of the top-level transaction, in decimal. */
  readonly xid: string;
}

/** What a verifier trusts: everything visible in this snapshot of this incarnation has been taken into account. */
export interface Registration {
  readonly incarnation: string;
  /** `xmin:xmax:xip,xip`, as PostgreSQL writes a `pg_snapshot`. */
  readonly snapshot: string;
  /** The database's clock. */
  readonly now: Instant;
}

export interface Poll {
  /** Taken by the same statement as `changes`: nothing can commit in between. */
  readonly snapshot: string;
  readonly now: Instant;
  /** Each once, however often it was written. */
  readonly changes: readonly Change[];
}

/** A verifier as the registry knows it. */
export interface RegistryRow {
  readonly verifierId: string;
  readonly name: string;
  readonly incarnation: string;
  /** The snapshot up to which it has applied every change, and its siblings with it. */
  readonly applied: string;
  /** Grows by one with each poll: where it stands still, the verifier does. */
  readonly polls: number;
  /** For people to read. Nothing is decided by it. */
  readonly polledAt: Instant;
}

export interface Registry {
  /** `null` where a crash has emptied it and nobody has made another one yet. */
  readonly incarnation: string | null;
  readonly rows: readonly RegistryRow[];
  readonly now: Instant;
}

/**
 * The change feed and the registry of those who follow it. Rows carry `pg_current_xact_id()`, because sequence order is
 * not commit order: nothing here remembers a highest number. Registry and incarnation stand in UNLOGGED tables: what
 * makes transaction ids meaningless (a crash, a promotion) empties both, and a poll costs no write-ahead log.
 *
 * Every method throws `StoreUnavailable` where the database can't be asked, and on a standby.
 */
export interface ChangeFeed {
  /**
   * Writes changes into the caller's transaction, sends NOTIFY `latchkey_change` at its commit, and sees to it that the
   * commit is durable before it is answered. `null` for no changes.
   */
  append(tx: Tx, changes: readonly Change[]): Promise<StopReceipt | null>;

  /** The present incarnation. Whoever finds none makes one. */
  incarnation(): Promise<string>;

  /** Makes all that verifiers have heard until now worthless: what runs drops its cache and registers anew. */
  renewIncarnation(tx: Tx): Promise<void>;

  /** Registers, or registers anew, a verifier whose cache is empty. */
  register(verifier: { readonly verifierId: string; readonly name: string }): Promise<Registration>;

  /**
   * One statement: acknowledges `applied`, and brings what has been committed since the snapshot `previous`. `null` where
   * this verifier is not registered in this incarnation any more, or too much has changed to be told one by one: its
   * cache is worth nothing then, and it registers anew.
   */
  poll(verifier: {
    readonly verifierId: string;
    readonly incarnation: string;
    readonly previous: string;
    readonly applied: string;
  }): Promise<Poll | null>;

  /** Only once the verifier's own lease and those that it has granted are over. */
  deregister(verifierId: string): Promise<void>;

  registry(): Promise<Registry>;

  /** Removes a verifier that has not polled since somebody saw its counter at `polls`; `false` where it has, or is gone. */
  removeStalled(verifierId: string, polls: number): Promise<boolean>;

  /** Removes one slice of the changes that every registered verifier has applied; how many. The worker's to call. */
  prune(): Promise<number>;
}
