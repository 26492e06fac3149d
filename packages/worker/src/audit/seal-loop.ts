import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createOutageLog } from '../log/outage-log.ts';

export interface SealLoop {
  /** Why the last pass failed, `null` where it did not. */
  problem(): string | null;
  /** Ends after the pass in hand. */
  stop(): Promise<void>;
}

const everyMs = 1_000;
const backoffMs = { first: 1_000, most: 10_000 } as const;

/** Passes as long as there is something to do, then one each second; after failures fewer. */
export const startSealLoop = (pass: () => Promise<boolean>, logger: Logger): SealLoop => {
  const stopping = new AbortController();
  const reportOutage = createOutageLog(logger, 'audit sealer');
  let problem: string | null = null;
  let failureCount = 0;

  const pause = (ms: number) => setTimeout(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const more = await pass();
        if (problem !== null) logger.info('audit sealer works again');
        problem = null;
        failureCount = 0;
        if (!more) await pause(everyMs);
      } catch (error) {
        reportOutage(error as Error);
        problem = error instanceof Error ? error.message : String(error);
        const most = Math.min(backoffMs.most, backoffMs.first * 2 ** failureCount);
        failureCount += 1;
        await pause(most * (0.5 + Math.random() / 2));
      }
    }
  })();

  return {
    problem: () => problem,
    stop: () => {
      stopping.abort();
      return running;
    },
  };
};
