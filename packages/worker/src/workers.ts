import type { Clock } from '@latchkey/core';
import type { JobName, Outbox, Store } from '@latchkey/store';
import type { Logger } from 'pino';
import { type SealerOptions, sealAndAnchor } from './audit/seal-and-anchor.ts';
import { type SealLoop, startSealLoop } from './audit/seal-loop.ts';
import type { JobBackend, JobConsumer, JobPace, JobQueue, JobScheduler } from './backend/job-backend.ts';
import { within } from './backend/within.ts';
import { createProcessor } from './jobs/process-job.ts';
import { jobNames } from './jobs/run-job.ts';
import { createWorkerMetrics, type WorkerMetrics } from './metrics/worker-metrics.ts';
import type { Announce, Notifiers } from './notifications/notifier.ts';
import { relayOutbox } from './outbox/relay.ts';
import { type RelayLoop, startRelayLoop } from './outbox/relay-loop.ts';
import { keepSchedules } from './schedules/keep-schedules.ts';
import { createScheduleProcessor } from './schedules/process-schedule.ts';
import type { Reconciling } from './schedules/reconcile-members.ts';

/** Tells that the outbox has something new. May miss and may repeat: the sweep makes up for it. */
export type WakeUps = (wake: () => void) => { close(): Promise<void> };

export type WorkersDeps = {
  readonly store: Store;
  readonly jobs: JobBackend;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly wakeUps?: WakeUps;
  /** How people are told of a token; left out: not at all. */
  readonly notifiers?: Notifiers;
  /** How they are told of what concerns the organization; left out: not at all. */
  readonly announce?: Announce;
  /** Left out: owners are compared with no host here. */
  readonly reconciling?: Reconciling;
  /** How long a revoked token's row is kept, in days of 24 hours; 400 by default. */
  readonly tombstoneDays?: number;
  /** How far back it is known what tokens were used for, in days; 90 where left out. */
  readonly usageDays?: number;
  /** Left out: another worker seals the audit trail. */
  readonly sealer?: SealerOptions;
};

export interface WorkersHealth {
  /** Relaying and handling, as far as can be seen now. */
  readonly ready: boolean;
  readonly backend: JobBackend['kind'];
  /** What keeps it from being ready. */
  readonly problem: string | null;
  /** Messages not yet relayed, and dead ones; `null` where the store can't be asked. */
  readonly outbox: Awaited<ReturnType<Outbox['lag']>> | null;
}

export interface Workers {
  /** Resolves once jobs are relayed and handled. Waits for a Redis that is away. @throws UnfitBackend, StoreUnavailable */
  readonly ready: Promise<void>;
  health(): Promise<WorkersHealth>;
  readonly metrics: Pick<WorkerMetrics, 'text' | 'contentType'>;
  /**
   * Stops taking work, lets each handler finish its slice and hands unfinished jobs back. The store stays open: it is
   * the caller's.
   * @returns false where `deadlineMs` ran out first; what was in hand is taken up by another worker.
   */
  close(deadlineMs: number): Promise<boolean>;
}

/** Mail providers count; a database doesn't. */
const paces = {
  'cascade-member-removal': { concurrency: 4 },
  'deliver-reminder': { concurrency: 8, perSecond: 50 },
  notify: { concurrency: 8, perSecond: 50 },
} as const satisfies Readonly<Record<JobName, JobPace>>;
const tickPace: JobPace = { concurrency: 4 };

/** The queue of all ticks. */
const ticks = 'schedules';

/** Every queue that there is. */
export const queueNames: readonly string[] = [...jobNames, ticks];

/** Relays the outbox and handles jobs. Any number of these may run side by side. */
export const createWorkers = ({
  store,
  jobs,
  logger,
  clock,
  wakeUps,
  sealer,
  notifiers = {},
  announce,
  tombstoneDays = 400,
  reconciling,
  usageDays = 90,
}: WorkersDeps): Workers => {
  const stopping = new AbortController();
  const metrics = createWorkerMetrics({ store });
  const channels = (['mail', 'webhook'] as const).filter((channel) => notifiers[channel] !== undefined);
  const queues = new Map<string, JobQueue>();
  const consumers: JobConsumer[] = [];
  let relay: RelayLoop | null = null;
  let scheduler: JobScheduler | null = null;
  let schedules: { stop(): Promise<void> } | null = null;
  let listener: { close(): Promise<void> } | null = null;
  let closed: Promise<boolean> | undefined;

  // Needs no jobs: a Redis that is away must not leave the audit trail unsealed.
  const sealing: SealLoop | null =
    sealer === undefined ? null : startSealLoop(() => sealAndAnchor({ ...sealer, store, logger }), logger);

  const start = async (): Promise<void> => {
    await jobs.prepare(stopping.signal);
    if (stopping.signal.aborted) return;
    const processor = createProcessor(
      { store, clock, notifiers, logger, metrics, ...(announce === undefined ? {} : { announce }) },
      stopping.signal,
    );
    for (const name of jobNames) {
      queues.set(name, jobs.openQueue(name));
      consumers.push(jobs.openConsumer(name, processor, paces[name]));
    }
    const tick = createScheduleProcessor(
      {
        ...{ store, channels, tombstoneDays, usageDays, logger, metrics },
        ...(sealer === undefined ? {} : { sealing: sealer }),
        ...(reconciling === undefined ? {} : { reconciling }),
      },
      stopping.signal,
    );
    scheduler = jobs.openScheduler(ticks);
    consumers.push(jobs.openConsumer(ticks, tick, tickPace));
    await Promise.all(consumers.map((consumer) => consumer.ready));
    if (stopping.signal.aborted) return;
    const loop = startRelayLoop({
      relay: () => relayOutbox({ store, queues, logger }),
      probe: jobs.probe,
      logger,
    });
    relay = loop;
    listener = wakeUps?.(loop.wake) ?? null;
    schedules = keepSchedules(scheduler, logger);
  };
  const ready = start();
  // Whoever only closes need not hear of a start that failed.
  ready.catch(() => undefined);

  const stop = async (): Promise<boolean> => {
    await sealing?.stop();
    await ready.catch(() => undefined);
    await listener?.close();
    await relay?.stop();
    await schedules?.stop();
    await Promise.all(consumers.map((consumer) => consumer.close()));
    await Promise.all([...queues.values(), ...(scheduler === null ? [] : [scheduler])].map((queue) => queue.close()));
    return true;
  };

  return {
    ready,
    metrics,
    health: async () => {
      const outbox = await store.outbox.lag().catch(() => null);
      const problem =
        (stopping.signal.aborted && 'stopping') ||
        (relay === null && `waiting for the ${jobs.kind} backend`) ||
        (outbox === null && 'the database can not be asked') ||
        (relay?.problem() ?? sealing?.problem() ?? null);
      return { ready: problem === null, backend: jobs.kind, problem, outbox };
    },
    close: (deadlineMs) => {
      closed ??= (async () => {
        stopping.abort();
        const inTime = await within(deadlineMs, stop(), () => false);
        // A connection that a late job still holds must not hold us.
        await within(1_000, jobs.close(), () => undefined);
        return inTime;
      })();
      return closed;
    },
  };
};
