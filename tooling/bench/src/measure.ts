export interface Timing {
  readonly rounds: number;
  readonly roundMs: number;
}

/** The first rounds are the compiler's, which waits its turn on a busy machine. */
const WARM_UP = 3;

/**
 * Microseconds a call. A round lasts about `roundMs` and at least one pass, which says how many calls it made. Of all
 * passes the lower quartile: what else runs on the machine can only make a pass longer.
 */
export const measure = (pass: () => number, { rounds, roundMs }: Timing): number => {
  const times: number[] = [];
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const begun = process.hrtime.bigint();
    let now = begun;
    do {
      const start = now;
      const calls = pass();
      now = process.hrtime.bigint();
      if (round >= 0) times.push(Number(now - start) / 1_000 / calls);
    } while (Number(now - begun) < roundMs * 1e6);
  }
  return times.sort((a, b) => a - b)[times.length >> 2] as number;
};
