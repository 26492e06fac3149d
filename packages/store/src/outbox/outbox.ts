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
  /** How often somebody has taken it up again after it had been given up: each time it is another job. */
  readonly revival: number;
  /** W3C Trace Context of its cause, where that was traced. */
  readonly traceparent: string | null;
}

/** Which message; both, because they are its key. */
export type OutboxMessageKey = Pick<OutboxMessage, 'organizationId' | 'messageId'>;

/** How far the work of one name has got. Ages in milliseconds, 0 where there is none. */
export interface OutboxLag {
  readonly name: string;
  /** Not handed over yet. */
  readonly waiting: { readonly count: number; readonly oldestMs: number };
  /** Handed over and not done: queued, at work, or lost by the queue. */
  readonly unfinished: { readonly count: number; readonly oldestMs: number };
  readonly deadCount: number;
}

export interface DeadLetter extends OutboxMessage {
  readonly deadAt: Instant;
  readonly because: string | null;
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
   * the ids of. At least once: a crash in between hands a message out again, after the claim's 30 seconds, and so does a
   * job that is not finished 30 seconds later, and then later and later (at most every 10 minutes): a queue that still
   * knows it takes it for the same, and one that was flushed or killed gets it back (NOTHING-LOST).
   *
   * `failed` says that a message itself can't be relayed: it is tried again later and later (5 s, doubled each time,
   * at most 10 minutes), and after 10 attempts it is dead, and visible. What is in neither list waits for the claim to
   * end. Where `relay` throws (the queue can't be reached) all are tried again after 5 s, as often as it takes, and
   * the error is thrown on. Gives the number of relayed messages, those that were handed over again included.
   */
  relay(
    limit: number,
    relay: (
      messages: readonly OutboxMessage[],
    ) => Promise<{ readonly relayed: readonly string[]; readonly failed: readonly string[] }>,
  ): Promise<number>;
  /**
   * Its work is done, also where it had been given up: it is never handed over again. Said twice it is one effect. Gives
   * the milliseconds since it was recorded, and `null` where it had been said.
   */
  finish(key: OutboxMessageKey): Promise<number | null>;
  /** Gives it up: it stays visible until somebody revives it. `because` is our own sentence and holds no data. */
  bury(key: OutboxMessageKey, because: string): Promise<void>;
  /** Messages given up, the latest first. */
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
  /** Takes dead messages up again, as if they were new; gives how many were. */
  revive(messageIds: readonly string[], tx?: Tx): Promise<number>;
  /** Housekeeping: one slice of what was done before; how many there were. Dead ones stay. */
  removeDone(before: Instant, limit?: number): Promise<number>;
  /** Messages that wait and the age of the oldest in milliseconds (0 where none waits); dead ones are counted apart. */
  lag(): Promise<{ readonly count: number; readonly oldestMs: number; readonly deadCount: number }>;
  /** The same by name, with what was handed over and is not done. A name that has none of them is left out. */
  lagByName(): Promise<readonly OutboxLag[]>;
}
