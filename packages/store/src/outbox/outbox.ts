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

export interface Outbox {
  /** Also sends NOTIFY `latchkey_outbox` at commit: a wake-up, not a promise. */
  add<Name extends JobName>(tx: Tx, organizationId: string, name: Name, payload: JobContract[Name]): Promise<void>;
  /**
   * Claims up to `limit` messages with SKIP LOCKED, hands them to `relay`, and marks those as relayed that it returns
   * the ids of; the rest is tried again later. At least once: a crash in between hands a message out again.
   */
  relay(
    limit: number,
    relay: (
      messages: readonly OutboxMessage[],
    ) => Promise<{ readonly relayed: readonly string[]; readonly failed: readonly string[] }>,
  ): Promise<number>;
  /** Unrelayed messages and the age of the oldest in milliseconds. */
  lag(): Promise<{ readonly count: number; readonly oldestMs: number }>;
}
