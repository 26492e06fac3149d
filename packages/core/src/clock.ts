/** Time as a parameter: nothing in Latchkey reads the machine's clock on its own. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/** Milliseconds since 1970-01-01T00:00:00Z: core has no `Date`. */
export type Instant = number;
