import type { ChangeFeed, RegistryRow } from '@latchkey/store';
import type { Logger } from 'pino';

/** When the statement that brought the rows ran, on the monotonic clock. */
interface Look {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Whether somebody waits: otherwise only those that are suspected already are looked at again. */
  readonly isAwaited: boolean;
}

/** Watches the poll counters of verifiers that hold a stop up, and removes those that stand still. */
export interface StallWatch {
  look(rows: readonly RegistryRow[], when: Look): Promise<void>;
  /** When the next look may remove one; `null` where nobody is suspected. */
  nextLookIn(now: number): number | null;
  forget(): void;
}

/**
 * A row is removed only after its counter stood still for as long as a lease can last, by our own monotonic clock and from
 * one statement's end to another's start: whoever's it is has no lease any more, and drops its cache when it comes back.
 * Without that one verifier that was killed would make every later stop wait.
 */
export const createStallWatch = (
  feed: Pick<ChangeFeed, 'removeStalled'>,
  boundMs: number,
  logger: Logger,
): StallWatch => {
  let seen = new Map<string, { readonly polls: number; readonly since: number }>();
  return {
    look: async (rows, { startedAt, endedAt, isAwaited }) => {
      const before = seen;
      seen = new Map();
      for (const { verifierId, name, polls } of rows) {
        const known = before.get(verifierId);
        if (known?.polls !== polls) {
          if (isAwaited) seen.set(verifierId, { polls, since: endedAt });
        } else if (startedAt - known.since < boundMs) seen.set(verifierId, known);
        // The counter is compared once more by the statement that removes.
        else if (await feed.removeStalled(verifierId, polls)) {
          logger.warn({ verifierId, name }, 'a verifier that stood still was removed from the registry');
        }
      }
    },
    nextLookIn: (now) => {
      let soonest: number | null = null;
      for (const { since } of seen.values())
        soonest = Math.min(soonest ?? Number.POSITIVE_INFINITY, since + boundMs - now);
      return soonest === null ? null : Math.max(soonest, 0);
    },
    forget: () => seen.clear(),
  };
};
