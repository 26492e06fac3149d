import type { Clocks } from '../../src/verifying/create-verifying.ts';

const begun = Date.now();

/** A tenth of the machine's speed: a lease outlives whatever a loaded machine does between two lines of a test. */
export const slowClocks: Clocks = {
  monotonic: () => performance.now() / 10,
  wall: () => begun + (Date.now() - begun) / 10,
};
