import type { ChangeFeed, StopReceipt } from '@latchkey/store';
import type { Logger } from 'pino';
import { isAcknowledged, type KnownRegistry } from './acknowledged.ts';
import { boundOf, LEASE_MS } from './lease.ts';
import { createStallWatch } from './stalled.ts';
import { systemTimers, type Timers } from './timers.ts';

export interface Settlement {
  readonly settled: true;
  /** From the call, which is after COMMIT was answered, in milliseconds. */
  readonly settledMs: number;
  /** Every verifier has said so, or none that has not can have a lease any more. */
  readonly by: 'acknowledgement' | 'lease';
}

/** Waits until no verification can accept any more what a transaction has stopped. One for each process. */
export interface Settler {
  /**
   * To be called after COMMIT was answered. It always resolves, within the bound: nothing that goes wrong makes it
   * resolve sooner (FAIL-CLOSED).
   */
  settle(receipt: StopReceipt): Promise<Settlement>;
  /** Notes that this process knows the present incarnation, so that stops need not wait for what was before it. */
  observe(incarnation: string, at?: number): void;
  /** The latest settlement of this process. */
  last(): Settlement | null;
  /** How many wait. */
  waiting(): number;
  /** Tells of each settlement of this process, from now on. */
  onSettled(tell: (settlement: Settlement) => void): void;
  /** Ends what goes on when nobody waits. Who still waits does so to the bound. */
  close(): void;
}

export interface SettlerOptions {
  readonly feed: Pick<ChangeFeed, 'registry' | 'removeStalled'>;
  readonly logger: Logger;
  readonly timers?: Timers;
  readonly leaseMs?: number;
}

interface Waiter {
  readonly receipt: StopReceipt;
  readonly since: number;
  readonly finish: (by: Settlement['by']) => void;
}

/** A verifier polls as soon as it is woken: most acknowledgements come within a few of the first. */
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;

/** BOUNDED-WORK: however many stops wait, one statement at a time reads the registry for all of them. */
export const createSettler = ({ feed, logger, timers = systemTimers, leaseMs = LEASE_MS }: SettlerOptions): Settler => {
  const boundMs = boundOf(leaseMs);
  const { monotonic, after } = timers;
  const waiting = new Set<Waiter>();
  const stalled = createStallWatch(feed, boundMs, logger);
  let known = { incarnation: '', since: Number.POSITIVE_INFINITY };
  let last: Settlement | null = null;
  const listeners: ((settlement: Settlement) => void)[] = [];
  let reading = false;
  let closed = false;
  let next: { readonly at: number; readonly cancel: () => void } | null = null;

  // Not from receipts: an old one, asked about again, would make everybody wait.
  const observe = (incarnation: string, at = monotonic()) => {
    if (incarnation !== known.incarnation) known = { incarnation, since: at };
  };

  const read = async (): Promise<void> => {
    reading = true;
    const startedAt = monotonic();
    // Only those who waited before this statement began: it has to see their commit.
    const asking = [...waiting];
    try {
      const registry: KnownRegistry = await feed.registry();
      if (registry.incarnation !== null) observe(registry.incarnation);
      // DEAD-ON-RETURN: a verifier of the incarnation before this one isn't in the registry and may have a lease still.
      const isOld = monotonic() - known.since >= boundMs;
      for (const { receipt, finish } of asking) {
        if (isOld && isAcknowledged(registry, receipt)) finish('acknowledgement');
      }
      await stalled.look(registry.rows, { startedAt, endedAt: monotonic(), isAwaited: waiting.size > 0 });
    } catch (error) {
      // Not the end of anybody's waiting: a registry that can't be read may hold a verifier with a lease, and what ends that
      // without anybody's word is time. Each waiter has its own deadline, which needs no database.
      logger.warn({ err: error }, 'the registry of verifiers could not be read');
    } finally {
      reading = false;
    }
    plan();
  };

  const plan = (): void => {
    if (reading || closed) return;
    const now = monotonic();
    const ms = waiting.size > 0 ? pauseFor(now - youngest(waiting)) : stalled.nextLookIn(now);
    if (ms === null) return;
    // Never put off: with one more stop every millisecond nobody would ever read.
    if (next !== null && next.at <= now + ms) return;
    next?.cancel();
    const cancel = after(ms, () => {
      next = null;
      void read();
    });
    next = { at: now + ms, cancel };
  };

  const settle = (receipt: StopReceipt): Promise<Settlement> =>
    new Promise((resolve) => {
      const since = monotonic();
      let cancelDeadline: () => void = () => undefined;
      const waiter: Waiter = {
        receipt,
        since,
        finish: (by) => {
          if (!waiting.delete(waiter)) return;
          cancelDeadline();
          if (waiting.size === 0 && by === 'acknowledgement') stalled.forget();
          last = { settled: true, settledMs: Math.ceil(monotonic() - since), by };
          resolve(last);
          for (const tell of listeners) tell(last);
        },
      };
      // A timer may be early by a fraction of a millisecond: the clock decides.
      const deadline = () => {
        const left = since + boundMs - monotonic();
        if (left <= 0) waiter.finish('lease');
        else cancelDeadline = after(left, deadline);
      };
      waiting.add(waiter);
      deadline();
      plan();
    });

  return {
    settle,
    observe,
    last: () => last,
    waiting: () => waiting.size,
    onSettled: (tell) => void listeners.push(tell),
    close: () => {
      closed = true;
      next?.cancel();
    },
  };
};

const youngest = (waiting: ReadonlySet<Waiter>): number => {
  let since = Number.NEGATIVE_INFINITY;
  for (const waiter of waiting) since = Math.max(since, waiter.since);
  return since;
};

/** Longer, the longer nobody new has come: who hasn't acknowledged for a second isn't about to. */
const pauseFor = (ageMs: number): number => Math.min(Math.max(ageMs / 2, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
