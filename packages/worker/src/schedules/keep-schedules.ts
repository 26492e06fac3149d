import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { JobScheduler } from '../backend/job-backend.ts';
import { createOutageLog } from '../log/outage-log.ts';
import { patternOf, scheduleNames } from './run-schedule.ts';

const lookEveryMs = 30_000;

/**
 * Sees to it that the backend knows every schedule, now and from time to time: a Redis that was flushed has forgotten
 * them, and no tick would ever come again. Any number of workers may say the same.
 */
export const keepSchedules = (
  scheduler: Pick<JobScheduler, 'ensure'>,
  logger: Logger,
  everyMs = lookEveryMs,
): { stop(): Promise<void> } => {
  const reportOutage = createOutageLog(logger, 'schedules');
  const stopping = new AbortController();
  const wanted = scheduleNames.map((name) => ({ name, pattern: patternOf(name) }));
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const written = await scheduler.ensure(wanted).catch((error: Error) => {
        reportOutage(error);
        return [];
      });
      if (written.length > 0) logger.info({ schedules: written }, 'schedules written');
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
};
