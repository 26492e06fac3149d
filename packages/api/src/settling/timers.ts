/** Time as far as waiting goes. */
export interface Timers {
  /** Milliseconds that never go backwards; where they begin means nothing. */
  readonly monotonic: () => number;
  /** Runs once after at least about so many milliseconds; calling what it gives prevents that. */
  readonly after: (ms: number, run: () => void) => () => void;
}

export const systemTimers: Timers = {
  monotonic: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
