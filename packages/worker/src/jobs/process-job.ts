import { type Store, StoreUnavailable } from '@latchkey/store';
import { SpanKind } from '@opentelemetry/api';
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import type { Logger } from 'pino';
import { createOutageLog } from '../log/outage-log.ts';
import type { WorkerMetrics } from '../metrics/worker-metrics.ts';
import { contextOf, traced } from '../tracing/trace-work.ts';
import type { JobHandlerDeps, JobOutcome } from './job-handler.ts';
import { messageOf } from './job-id.ts';
import { isJobName, runJob } from './run-job.ts';

/** The part of BullMQ's job that is used here. */
type RunningJob = Pick<Job<unknown>, 'id' | 'name' | 'data' | 'attemptsMade' | 'moveToWait' | 'moveToDelayed'> & {
  readonly opts: Pick<Job['opts'], 'attempts' | 'telemetry'>;
};

type Deps = JobHandlerDeps & {
  readonly store: Pick<Store, 'outbox'>;
  readonly logger: Logger;
  readonly metrics: Pick<WorkerMetrics, 'ran' | 'finished'>;
};

const outageDelayMs = 5_000;

/**
 * Translates an outcome into BullMQ's words, and writes the two that are final into the outbox: done, and given up. What
 * throws is tried again, later and later.
 */
export const createProcessor = (deps: Deps, stopping: AbortSignal) => {
  const { store, logger, metrics } = deps;
  const reportOutage = createOutageLog(logger, 'job');

  const run = async (job: RunningJob, signal: AbortSignal): Promise<JobOutcome> => {
    const message = messageOf(job);
    try {
      const result = await runJob(deps, job, signal);
      // NOTHING-LOST: only now will nobody hand it over again. Before the backend hears of it: it may never do.
      if (result.outcome === 'done' && message !== null) {
        const sinceRecordedMs = await store.outbox.finish(message);
        if (sinceRecordedMs !== null && isJobName(job.name)) metrics.finished(job.name, sinceRecordedMs);
      }
      if (result.outcome === 'refused' && message !== null) await store.outbox.bury(message, result.because);
      return result;
    } catch (error) {
      const isLast = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
      if (!(error instanceof StoreUnavailable) && isLast && message !== null) {
        // Not the error's own words, which may hold anything: they are in the log of who has a right to it (SECRET-ONCE).
        await store.outbox.bury(message, `it failed ${job.attemptsMade + 1} times`);
      }
      throw error;
    }
  };

  return async (
    job: RunningJob,
    token?: string,
    cancelled?: AbortSignal,
  ): Promise<{ readonly effectCount: number }> => {
    const startedAt = performance.now();
    const signal = cancelled === undefined ? stopping : AbortSignal.any([stopping, cancelled]);
    const work = isJobName(job.name) ? job.name : 'unknown';
    const result = await traced(
      {
        name: `job ${work}`,
        kind: SpanKind.CONSUMER,
        attributes: { 'messaging.system': 'bullmq', 'latchkey.work': work, 'latchkey.attempt': job.attemptsMade + 1 },
        parent: contextOf(job.opts.telemetry?.metadata),
      },
      () => run(job, signal),
    ).catch(async (error) => {
      metrics.ran(work, 'failed', performance.now() - startedAt, 0);
      if (!(error instanceof StoreUnavailable)) throw error;
      reportOutage(error);
      // Not one of the job's attempts: a database that is away for an hour must not turn it into a dead letter.
      // BullMQ compares with the machine's clock, whatever clock the handlers are given.
      await job.moveToDelayed(Date.now() + outageDelayMs, token);
      throw new DelayedError();
    });
    const effectCount = result.outcome === 'refused' ? 0 : result.effectCount;
    metrics.ran(work, result.outcome, performance.now() - startedAt, effectCount);
    const line = { job: job.name, jobId: job.id, ...result, tookMs: Math.round(performance.now() - startedAt) };
    switch (result.outcome) {
      case 'done':
        logger.info(line, 'job done');
        return { effectCount: result.effectCount };
      case 'interrupted':
        logger.info(line, 'job handed back');
        // Waiting for the lock to run out would leave it untouched for as long; another worker can have it now.
        await job.moveToWait(token);
        throw new WaitingError();
      case 'refused':
        throw new UnrecoverableError(result.because);
    }
  };
};
