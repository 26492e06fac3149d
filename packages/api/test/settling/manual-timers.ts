import type { Timers } from '../../src/settling/timers.ts';

export interface ManualTimers extends Timers {
  /** Lets so many milliseconds pass, and runs what falls due, in order. */
  advance(ms: number): void;
}

/** A clock that stands still until it is told to move. */
export const manualTimers = (): ManualTimers => {
  let now = 1_000_000;
  let due: { readonly at: number; readonly run: () => void }[] = [];
  return {
    monotonic: () => now,
    after: (ms, run) => {
      const entry = { at: now + ms, run };
      due.push(entry);
      return () => {
        due = due.filter((other) => other !== entry);
      };
    },
    advance: (ms) => {
      const end = now + ms;
      for (;;) {
        const [next] = due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        due = due.filter((other) => other !== next);
        now = next.at;
        next.run();
      }
      now = end;
    },
  };
};
