import type { Logger } from 'pino';
import { createOutageLog } from '../log/outage-log.ts';
import { relayLimit } from './relay.ts';

export interface RelayLoop {
  /** Something was committed: look now. A hint; without it the sweep finds it. */
  wake(): void;
  /** Why the last pass failed, `null` where it did not. */
  problem(): string | null;
  /** Ends after the pass in hand. */
  stop(): Promise<void>;
}

export type RelayLoopDeps = {
  /** One pass. @returns how many messages it took */
  readonly relay: () => Promise<number>;
  /** Asked first after a failure: a pass that finds nothing due would not notice that the backend is still away. */
  readonly probe: () => Promise<void>;
  readonly logger: Logger;
};

const sweepMs = 1_000;
const backoffMs = { first: 250, most: 10_000 } as const;

/**
 * Relays for as long as there is something to relay, then waits for a wake-up or the next sweep. After a failure it
 * waits longer each time, and no wake-up shortens that: an outage must not be met with a storm.
 */
export const startRelayLoop = ({ relay, probe, logger }: RelayLoopDeps): RelayLoop => {
  const reportOutage = createOutageLog(logger, 'outbox relay');
  let stopping = false;
  let woken = false;
  let problem: string | null = null;
  let failureCount = 0;
  let interrupt: () => void = () => undefined;

  const pause = async (ms: number, wakeable: boolean): Promise<void> => {
    if (stopping || (wakeable && woken)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    interrupt = () => {
      if (stopping || wakeable) resolve();
    };
    await promise;
    clearTimeout(timer);
    interrupt = () => undefined;
  };

  const pass = async (): Promise<void> => {
    woken = false;
    try {
      if (problem !== null) await probe();
      const takenCount = await relay();
      if (problem !== null) logger.info('outbox relay works again');
      problem = null;
      failureCount = 0;
      if (takenCount < relayLimit) await pause(sweepMs, true);
    } catch (error) {
      reportOutage(error as Error);
      problem = error instanceof Error ? error.message : String(error);
      const most = Math.min(backoffMs.most, backoffMs.first * 2 ** failureCount);
      failureCount += 1;
      await pause(most * (0.5 + Math.random() / 2), false);
    }
  };

  const running = (async () => {
    while (!stopping) await pass();
  })();

  return {
    wake: () => {
      woken = true;
      interrupt();
    },
    problem: () => problem,
    stop: () => {
      stopping = true;
      interrupt();
      return running;
    },
  };
};
