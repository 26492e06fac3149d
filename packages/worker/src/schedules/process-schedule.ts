import type { Store } from '@latchkey/store';
import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import type { Logger } from 'pino';
import { runSchedule } from './run-schedule.ts';
import type { ScheduleDeps } from './schedule-handler.ts';

type Tick = Pick<Job<unknown>, 'id' | 'name' | 'moveToWait'>;
type Deps = ScheduleDeps & { readonly store: Pick<Store, 'now'>; readonly logger: Logger };

/** Translates a tick's outcome into BullMQ's words. One that throws is tried again soon, and else comes with the next. */
export const createScheduleProcessor =
  ({ store, channels, logger }: Deps, stopping: AbortSignal) =>
  async (tick: Tick, token?: string, cancelled?: AbortSignal): Promise<{ readonly effectCount: number }> => {
    const startedAt = performance.now();
    const signal = cancelled === undefined ? stopping : AbortSignal.any([stopping, cancelled]);
    const result = await runSchedule({ store, channels }, tick.name, await store.now(), signal);
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
