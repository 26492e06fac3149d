import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import type { Logger } from 'pino';
import type { JobHandlerDeps } from './job-handler.ts';
import { runJob } from './run-job.ts';

/** Translates an outcome into BullMQ's words; what throws is tried again, later and later. */
export const createProcessor =
  (deps: JobHandlerDeps & { readonly logger: Logger }, stopping: AbortSignal) =>
  async (job: Job<unknown>, token?: string, cancelled?: AbortSignal): Promise<{ readonly effectCount: number }> => {
    const startedAt = performance.now();
    const signal = cancelled === undefined ? stopping : AbortSignal.any([stopping, cancelled]);
    const result = await runJob(deps, job, signal);
    const line = { job: job.name, jobId: job.id, ...result, tookMs: Math.round(performance.now() - startedAt) };
    switch (result.outcome) {
      case 'done':
        deps.logger.info(line, 'job done');
        return { effectCount: result.effectCount };
      case 'interrupted':
        deps.logger.info(line, 'job handed back');
        // Waiting for the lock to run out would leave it untouched for as long; another worker can have it now.
        await job.moveToWait(token);
        throw new WaitingError();
      case 'refused':
        throw new UnrecoverableError(result.because);
    }
  };
