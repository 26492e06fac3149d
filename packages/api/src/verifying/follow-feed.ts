import { runPollLoop } from '@latchkey/core/verifier';
import type { ChangeFeed, Registration } from '@latchkey/store';
import type { Logger } from 'pino';
import { LEASE_MS } from '../settling/lease.ts';
import type { Verifying } from './create-verifying.ts';

/** Calls `onWake` whenever there may be something new; that it may be lost costs time and nothing else. */
export type ListenForChanges = (onWake: () => void) => { close(): Promise<void> };

export interface FollowOptions {
  readonly feed: Pick<ChangeFeed, 'register' | 'poll' | 'deregister'>;
  readonly verifying: Verifying;
  readonly logger: Logger;
  /** Left out, the wake-up is the interval of the polls. */
  readonly listen?: ListenForChanges | undefined;
}

export interface Following {
  /** Resolves once a poll that begins from now on was good, or the following has ended. */
  polled(): Promise<void>;
  /** Trusts nothing any more, and leaves the registry where no sibling's lease lives. */
  close(): Promise<void>;
}

/** From the end of a good poll to the next one at the latest, in milliseconds: several fit into one lease. */
const EVERY_MS = 300;
const RETRY_MS = 50;
/** Shutting down doesn't wait for a database that doesn't answer: the row is removed by who sees it stand still. */
const LEAVE_MS = 1_000;

/**
 * Follows the change feed: registers, polls, applies, acknowledges. What a node has applied it acknowledges at once, by a
 * second poll, as far as its siblings' leases allow: that is what a stopping call waits for.
 */
export const followFeed = ({ feed, verifying, logger, listen }: FollowOptions): Following => {
  const { verifier, siblings, wakeUps, clocks, nodeId, name } = verifying;
  let registered: Registration | null = null;
  /** What the registry has heard of us. */
  let acknowledged = '';

  const grant = (given: Registration, nowAt: number, wallAt: number) => {
    registered = given;
    const { incarnation, snapshot, now } = given;
    verifier.trust({ coherence: { incarnation, snapshot }, leaseUntil: nowAt + LEASE_MS, now, nowAt, wallAt });
  };

  const register = async (): Promise<void> => {
    verifier.distrust();
    // Registering says that everything until now has been applied: of a sibling with a lease of before that isn't so.
    for (;;) {
      const leftMs = siblings.leaseUntil() - clocks.monotonic();
      if (wakeUps.isClosing()) return;
      if (leftMs <= 0) break;
      await wakeUps.next(['closing'], leftMs);
    }
    siblings.forget();
    const nowAt = clocks.monotonic();
    const wallAt = clocks.wall();
    const begun = await feed.register({ verifierId: nodeId, name });
    if (wakeUps.isClosing()) return;
    siblings.applied([], begun);
    acknowledged = begun.snapshot;
    grant(begun, nowAt, wallAt);
    wakeUps.wake('changes');
  };

  const poll = async (): Promise<void> => {
    if (registered === null) return register();
    const { incarnation, snapshot: previous } = registered;
    const nowAt = clocks.monotonic();
    const wallAt = clocks.wall();
    const applied = siblings.acknowledgeable() ?? acknowledged;
    const polled = await feed.poll({ verifierId: nodeId, incarnation, previous, applied });
    if (wakeUps.isClosing()) return;
    if (polled === null) {
      logger.warn({ nodeId, incarnation }, 'not registered any more: begins anew');
      registered = null;
      return register();
    }
    acknowledged = applied;
    const coherence = { incarnation, snapshot: polled.snapshot };
    verifier.apply(polled.changes, coherence);
    siblings.applied(polled.changes, coherence);
    grant({ ...coherence, now: polled.now }, nowAt, wallAt);
    if (polled.changes.length === 0) return;
    wakeUps.wake('changes');
    loop.wake();
  };

  const loop = runPollLoop({
    poll,
    everyMs: EVERY_MS,
    retryMs: RETRY_MS,
    schedule: (run, afterMs) => {
      const timer = setTimeout(run, afterMs);
      return () => clearTimeout(timer);
    },
    onFailure: (error) => logger.warn({ err: error }, 'the change feed could not be polled'),
  });
  const stopAcknowledging = wakeUps.on('acknowledge', () => loop.wake());
  const listener = listen?.(() => loop.wake());

  return {
    polled: loop.polled,
    close: async () => {
      wakeUps.wake('closing');
      verifier.distrust();
      stopAcknowledging();
      const ended = Promise.all([listener?.close(), loop.close()]);
      await withinTime(ended, LEAVE_MS);
      // A row that goes while a sibling has a lease would let a stop settle that the sibling hasn't heard of.
      if (registered === null || siblings.leaseUntil() > clocks.monotonic()) return;
      await withinTime(
        feed.deregister(nodeId).catch((error: unknown) => logger.warn({ err: error }, 'could not deregister')),
        LEAVE_MS,
      );
    },
  };
};

const withinTime = async (work: Promise<unknown>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const up = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, up]);
  } finally {
    clearTimeout(timer);
  }
};
