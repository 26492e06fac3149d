/** L: how long a verifier may answer from memory after the start of its last good poll, in milliseconds. */
export const LEASE_MS = 2_000;

/**
 * How long no lease granted on older data can outlive, by the clock of whoever waits: clocks that should run alike differ by
 * far less than a hundredth, and what lies between a COMMIT's answer and its reading is within the margin.
 */
export const boundOf = (leaseMs: number): number => 1.01 * leaseMs + 100;
