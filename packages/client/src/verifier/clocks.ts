/** Time as a parameter. */
export interface Clocks {
  /** Milliseconds, never backwards. */
  readonly monotonic: () => number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly wall: () => number;
}

export const systemClocks: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };
