import type { Instant } from '@latchkey/core';
import type { ReminderChannel, Sealing, Store } from '@latchkey/store';
import type { JobOutcome } from '../jobs/job-handler.ts';
import type { Reconciling } from './reconcile-members.ts';

export type ScheduleDeps = {
  readonly store: Pick<
    Store,
    | 'unitOfWork'
    | 'tokens'
    | 'organizations'
    | 'settings'
    | 'audit'
    | 'auditRetention'
    | 'now'
    | 'outbox'
    | 'feed'
    | 'idempotencyKeys'
    | 'reminders'
    | 'notifications'
    | 'reconciliations'
    | 'housekeeping'
    | 'usage'
  >;
  /** By which people are reminded, apart from the console. */
  readonly channels: readonly Exclude<ReminderChannel, 'console'>[];
  /** How long a revoked token's row is kept, in days of 24 hours. */
  readonly tombstoneDays: number;
  /** The audit keys. Left out: another worker has them. */
  readonly sealing?: Sealing;
  /** Left out: owners are compared with no host here. */
  readonly reconciling?: Reconciling;
  /** How far back it is known what tokens were used for, in days of 24 hours; 90 where left out. */
  readonly usageDays?: number;
};

/**
 * What is done again and again. ONE-EFFECT: a tick that comes twice, late, or on several workers at once has one effect,
 * and one that never came is made up for by the next. `now` is the database's clock, so that a worker whose own clock is
 * wrong ends nothing early. It works in slices and looks at `signal` between them.
 */
export type ScheduleHandler = (deps: ScheduleDeps, now: Instant, signal: AbortSignal) => Promise<JobOutcome>;

/** Of work that is never refused. */
export type SlicedOutcome = Exclude<JobOutcome, { readonly outcome: 'refused' }>;

/**
 * Slices until one finds nothing, each a short transaction of its own: 250 ms at most, so that the lock of the job
 * renews and no row stays locked for long.
 */
export const inSlices = async (signal: AbortSignal, slice: () => Promise<number>): Promise<SlicedOutcome> => {
  let effectCount = 0;
  while (!signal.aborted) {
    const sliceCount = await slice();
    if (sliceCount === 0) return { outcome: 'done', effectCount };
    effectCount += sliceCount;
  }
  return { outcome: 'interrupted', effectCount };
};
