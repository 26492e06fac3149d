export interface Timing {
  readonly rounds: number;
  readonly roundMs: number;
}

/** Microseconds. */
const LONG = 20_000;

/** The first rounds are the compiler's, which waits its turn on a busy machine. */
const WARM_UP = 3;

/**
 * Microseconds a call. A round lasts about `roundMs` and at least one pass, which says how many calls it made. Of all
 * passes the lowest tenth: what else runs on the machine, or on the other half of the same core, can only make a pass
 * longer. A pass so long that it is sure to be interrupted there counts by the CPU time of its thread, whose clock is too
 * coarse for short ones.
 */
export const measure = (pass: () => number, { rounds, roundMs }: Timing): number => {
  const times: number[] = [];
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const begun = process.hrtime.bigint();
    let now = begun;
    do {
      const start = now;
      const cpu = process.threadCpuUsage();
      const calls = pass();
      now = process.hrtime.bigint();
      const spent = process.threadCpuUsage(cpu);
      const wall = Number(now - start) / 1_000;
      if (round >= 0) times.push((wall < LONG ? wall : Math.min(wall, spent.user + spent.system)) / calls);
    } while (Number(now - begun) < roundMs * 1e6);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 10)] as number;
};
