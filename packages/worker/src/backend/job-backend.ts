import type { Queue as AnyQueue, BackendFactory, IQueueBackend, Processor, QueueOptions, WorkerOptions } from 'bullmq';
import { withBackend } from 'bullmq';
import type { Logger } from 'pino';
import { createOutageLog } from '../log/outage-log.ts';
import { within } from './within.ts';

/** One job to be: its id is the outbox message's, so that a message relayed twice is one job for as long as it is there. */
export interface JobRequest {
  readonly name: string;
  readonly data: unknown;
  readonly jobId: string;
  /** W3C Trace Context of its cause, where that was traced. */
  readonly traceparent?: string | null;
}

/** The producing end of a queue. */
export interface JobQueue {
  /** All of them or, where it throws, perhaps some: adding again is one job. @throws JobsUnavailable */
  add(jobs: readonly JobRequest[]): Promise<void>;
  close(): Promise<void>;
}

/** The clock of the schedules: each tick is a job whose name is the schedule's. */
export interface JobScheduler {
  /**
   * Writes those that the backend does not know, or knows otherwise; gives their names. Others stay: a newer release's
   * worker may run beside this one. Patterns are cron's, in UTC. @throws JobsUnavailable
   */
  ensure(schedules: readonly { readonly name: string; readonly pattern: string }[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** How much of a queue is at work at once. */
export interface JobPace {
  /** In each worker. */
  readonly concurrency: number;
  /** In all workers together; without a limit where it is left out. */
  readonly perSecond?: number;
}

/** The consuming end. `close` waits for the job in hand. */
export interface JobConsumer {
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/**
 * Where jobs wait: BullMQ, on PostgreSQL or on Redis. Left out on purpose: reading jobs back, save for people who look.
 * PostgreSQL's own tables are the only truth; what a backend has forgotten must not matter.
 */
export interface JobBackend {
  readonly kind: 'postgres' | 'redis';
  /**
   * Waits until the backend can be reached and is fit to hold jobs.
   * @throws UnfitBackend where waiting would not help.
   */
  prepare(signal: AbortSignal): Promise<void>;
  /** Resolves where jobs could be added now. @throws JobsUnavailable */
  probe(): Promise<void>;
  openQueue(name: string): JobQueue;
  /** Ticks come to the consumers of the queue of this name. */
  openScheduler(name: string): JobScheduler;
  openConsumer(name: string, processor: Processor, pace: JobPace): JobConsumer;
  /** BullMQ's own view of a queue, for the board. Whoever opens it closes it. */
  openView(name: string): AnyQueue;
  close(): Promise<void>;
}

/** What differs between the two engines; the rest is one code path. */
export interface JobEngine<B extends IQueueBackend, C> {
  readonly kind: JobBackend['kind'];
  readonly factory: BackendFactory<B, C>;
  prepare(signal: AbortSignal): Promise<void>;
  readonly producer: C;
  readonly consumer: C;
  /** False where adding could only wait: it is refused at once instead. */
  isReachable(): boolean;
  /** The cheapest question that the backend answers. */
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

/** Jobs can't be handed over now. Nothing is lost: the outbox keeps the message. */
export class JobsUnavailable extends Error {
  override readonly name = 'JobsUnavailable';
}

/** The backend answers, and would lose or refuse jobs. */
export class UnfitBackend extends Error {
  override readonly name = 'UnfitBackend';
}

const addDeadlineMs = 5_000;
const probeDeadlineMs = 2_000;

// A killed worker's job is taken up after its lock has run out and two looks of the stalled check: 20 s at most, within
// the minute that GATE-FIRST gives the rows. Handlers work in slices far shorter than the renewal (half the lock).
const lockDuration = 10_000;
const stalledInterval = 5_000;
// A restart is no fault of the job: BullMQ's default would bury a cascade with the second killed worker.
const maxStalledCount = 25;

// What is done is remembered by the outbox alone. A backend that remembered it, too, would refuse it after the database
// was restored from a backup of before; a repeat is handled again, with no new effect.
const removeOnComplete = true;
// The outbox has the dead letter; the failed job shows what was tried.
const removeOnFail = { age: 90 * 24 * 3_600, count: 100_000 };
const attempts = 15;

// A tick that fails is made up for by the next one: it is no dead letter, and only the latest are kept to be looked at.
const tickOptions = {
  attempts: 3,
  backoff: { type: 'custom' },
  removeOnComplete: { count: 100 },
  removeOnFail: { age: 7 * 24 * 3_600, count: 1_000 },
};

// A schedule whose next tick is that late has lost it.
const overdueMs = 5 * 60_000;

/** 1 s, 2 s, 4 s … at most a minute, spread by half so that many don't come back at once. */
const backoffStrategy = (attemptsMade: number): number =>
  Math.min(60_000, 1_000 * 2 ** Math.max(0, attemptsMade - 1)) * (0.75 + Math.random() / 2);

// Redis Cluster keeps keys with the same braces together, which BullMQ's scripts need; each queue may be on another node.
// PostgreSQL ignores it.
const prefixOf = (queue: string): string => `{latchkey-${queue}}`;

export const createJobBackend = <B extends IQueueBackend, C>(engine: JobEngine<B, C>, logger: Logger): JobBackend => {
  const { Queue, Worker } = withBackend(engine.factory);
  // REDIS-OPTIONAL: a backend that refuses or hangs is found out within a deadline, whatever its driver would wait for.
  const ask = async <T>(deadlineMs: number, question: () => Promise<T>): Promise<T> => {
    if (!engine.isReachable()) throw new JobsUnavailable(`the ${engine.kind} backend can't be reached`);
    return within(deadlineMs, question(), () => {
      throw new JobsUnavailable(`the ${engine.kind} backend did not answer within ${deadlineMs} ms`);
    });
  };
  return {
    kind: engine.kind,
    prepare: (signal) => engine.prepare(signal),
    probe: async () => {
      await ask(probeDeadlineMs, engine.ping).catch((cause) => {
        throw new JobsUnavailable(`the ${engine.kind} backend can't be reached`, { cause });
      });
    },

    openQueue: (name) => {
      const queue = new Queue<unknown, unknown, string>(name, {
        connection: engine.producer,
        prefix: prefixOf(name),
        defaultJobOptions: { attempts, backoff: { type: 'custom' }, removeOnComplete, removeOnFail },
      } satisfies QueueOptions<C>);
      queue.on('error', createOutageLog(logger, `queue ${name}`));
      return {
        add: async (jobs) => {
          const bulk = jobs.map(({ name: jobName, data, jobId, traceparent }) => ({
            name: jobName,
            data,
            opts: { jobId, ...(traceparent ? { telemetry: { metadata: traceparent } } : {}) },
          }));
          await ask(addDeadlineMs, () => queue.addBulk(bulk));
        },
        close: () => queue.close(),
      };
    },

    openScheduler: (name) => {
      const queue = new Queue<unknown, unknown, string>(name, { connection: engine.producer, prefix: prefixOf(name) });
      queue.on('error', createOutageLog(logger, `schedules ${name}`));
      return {
        ensure: async (schedules) => {
          const known = new Map(
            (await ask(addDeadlineMs, () => queue.getJobSchedulers())).map((each) => [each.key, each]),
          );
          const written: string[] = [];
          for (const { name: id, pattern } of schedules) {
            const there = known.get(id);
            const isDue = there?.next === undefined || there.next < Date.now() - overdueMs;
            if (there?.pattern === pattern && there.tz === 'UTC' && !isDue) continue;
            await ask(addDeadlineMs, () =>
              queue.upsertJobScheduler(id, { pattern, tz: 'UTC' }, { name: id, data: {}, opts: tickOptions }),
            );
            written.push(id);
          }
          return written;
        },
        close: () => queue.close(),
      };
    },

    openConsumer: (name, processor, { concurrency, perSecond }) => {
      const worker = new Worker(name, processor, {
        connection: engine.consumer,
        prefix: prefixOf(name),
        concurrency,
        ...(perSecond === undefined ? {} : { limiter: { max: perSecond, duration: 1_000 } }),
        lockDuration,
        stalledInterval,
        maxStalledCount,
        runRetryDelay: 1_000,
        settings: { backoffStrategy },
      } satisfies WorkerOptions<C>);
      worker.on('error', createOutageLog(logger, `worker ${name}`));
      worker.on('stalled', (jobId) => logger.warn({ queue: name, jobId }, 'job stalled: its worker has gone'));
      worker.on('failed', (job, error) =>
        logger.error({ queue: name, jobId: job?.id, attempt: job?.attemptsMade, err: error }, 'job failed'),
      );
      return { ready: worker.waitUntilReady(), close: () => worker.close() };
    },

    openView: (name) => {
      const queue = new Queue<unknown, unknown, string>(name, { connection: engine.consumer, prefix: prefixOf(name) });
      queue.on('error', createOutageLog(logger, `view of ${name}`));
      // The class is made for one engine; whoever looks only uses what every queue has.
      return queue as unknown as AnyQueue;
    },

    close: () => engine.close(),
  };
};
