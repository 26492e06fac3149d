import type { Instant, Tx } from '@latchkey/core';
import type { JobContract, JobName } from './job-contracts.ts';

/** Work recorded in the same transaction as its cause, so that neither exists without the other. */
export interface OutboxMessage<Name extends JobName = JobName> {
  readonly messageId: string;
  readonly organizationId: string;
  readonly name: Name;
  readonly payload: JobContract[Name];
  readonly createdAt: Instant;
  readonly attempts: number;
}

export interface DeadLetter extends OutboxMessage {
  readonly deadAt: Instant;
}

export interface Outbox {
  /** Also sends NOTIFY `latchkey_outbox` at commit: a wake-up, not a promise. */
  add<Name extends JobName>(tx: Tx, organizationId: string, name: Name, payload: JobContract[Name]): Promise<void>;
  /** Several of one name in one statement. */
  addAll<Name extends JobName>(
    tx: Tx,
    name: Name,
    messages: readonly { readonly organizationId: string; readonly payload: JobContract[Name] }[],
  ): Promise<void>;
  /**
   * Claims up to `limit` messages with SKIP LOCKED, hands them to `relay`, and marks those as relayed that it returns
   * the ids of. At least once: a crash in between hands a message out again, after the claim's 30 seconds.
   *
   * `failed` says that a message itself can't be relayed: it is tried again later and later (5 s, doubled each time,
   * at most 10 minutes), and after 10 attempts it is dead, and visible. What is in neither list waits for the claim to
   * end. Where `relay` throws (the queue can't be reached) all are tried again after 5 s, as often as it takes, and
   * the error is thrown on. Gives the number of relayed messages.
   */
  relay(
    limit: number,
    relay: (
      messages: readonly OutboxMessage[],
    ) => Promise<{ readonly relayed: readonly string[]; readonly failed: readonly string[] }>,
  ): Promise<number>;
  /** Messages given up, the latest first. */
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
  /** Takes dead messages up again, as if they were new; gives how many were. */
  revive(messageIds: readonly string[]): Promise<number>;
  /** Housekeeping: one slice of what was relayed before; how many there were. Dead ones stay. */
  removeRelayed(before: Instant, limit?: number): Promise<number>;
  /** Messages that wait and the age of the oldest in milliseconds (0 where none waits); dead ones are counted apart. */
  lag(): Promise<{ readonly count: number; readonly oldestMs: number; readonly deadCount: number }>;
}
