import type { Store } from '@latchkey/store';
import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import type { Logger } from 'pino';
import type { WorkerMetrics } from '../metrics/worker-metrics.ts';
import { runSchedule, scheduleNames } from './run-schedule.ts';
import type { ScheduleDeps } from './schedule-handler.ts';

type Tick = Pick<Job<unknown>, 'id' | 'name' | 'moveToWait'>;
type Deps = ScheduleDeps & {
  readonly store: Pick<Store, 'now'>;
  readonly logger: Logger;
  readonly metrics: Pick<WorkerMetrics, 'ran'>;
};

/** Translates a tick's outcome into BullMQ's words. One that throws is tried again soon, and else comes with the next. */
export const createScheduleProcessor =
  ({ logger, metrics, ...deps }: Deps, stopping: AbortSignal) =>
  async (tick: Tick, token?: string, cancelled?: AbortSignal): Promise<{ readonly effectCount: number }> => {
    const startedAt = performance.now();
    const signal = cancelled === undefined ? stopping : AbortSignal.any([stopping, cancelled]);
    const run = async () => runSchedule(deps, tick.name, await deps.store.now(), signal);
    const result = await run().catch((error) => {
      metrics.ran(workOf(tick.name), 'failed', performance.now() - startedAt, 0);
      throw error;
    });
    const effectCount = result.outcome === 'refused' ? 0 : result.effectCount;
    metrics.ran(workOf(tick.name), result.outcome, performance.now() - startedAt, effectCount);
    const line = { schedule: tick.name, ...result, tookMs: Math.round(performance.now() - startedAt) };
    switch (result.outcome) {
      case 'done':
        // A tick a minute that finds nothing is no news.
        logger[result.effectCount > 0 ? 'info' : 'debug'](line, 'schedule done');
        return { effectCount: result.effectCount };
      case 'interrupted':
        logger.info(line, 'schedule handed back');
        await tick.moveToWait(token);
        throw new WaitingError();
      case 'refused':
        throw new UnrecoverableError(result.because);
    }
  };

/** BOUNDED-WORK: a name out of a queue is a label only where it is one of ours. */
const workOf = (name: string): string => (scheduleNames.some((each) => each === name) ? name : 'unknown');
