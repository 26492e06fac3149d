import { createRandom } from '../random.ts';

/** One way to verify, called with one text after the other. */
export interface Runner {
  readonly name: string;
  readonly pass: (texts: readonly string[]) => void | Promise<void>;
}

export interface Lap {
  readonly name: string;
  /** Of this process, all threads, for each verification. */
  readonly cpuNs: number;
  readonly wallNs: number;
}

/** So many draws at random, a tenth of them invalid. */
export const drawTexts = (
  valid: readonly string[],
  invalid: readonly string[],
  count: number,
  seed: number,
): readonly string[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const from = random(10) === 0 ? invalid : valid;
    return from[random(from.length)] as string;
  });
};

/**
 * Each runner over the same draws, one after the other, round by round: what else the machine does meets all of them. Of the
 * rounds the lower quartile.
 */
export const race = async (
  runners: readonly Runner[],
  texts: readonly string[],
  rounds: number,
  /** Whether everybody trusts its memory: to collect a large heap's garbage may take longer than a lease. */
  ready: () => boolean,
): Promise<readonly Lap[]> => {
  const laps = new Map(runners.map(({ name }) => [name, [] as Lap[]]));
  // The first round is the compiler's.
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, pass } of runners) {
      globalThis.gc?.();
      do await new Promise((resume) => setTimeout(resume, 10));
      while (!ready());
      const cpu = process.cpuUsage();
      const wall = process.hrtime.bigint();
      await pass(texts);
      const wallNs = Number(process.hrtime.bigint() - wall) / texts.length;
      const { user, system } = process.cpuUsage(cpu);
      if (round >= 0) laps.get(name)?.push({ name, cpuNs: ((user + system) * 1_000) / texts.length, wallNs });
    }
  }
  return runners.map(({ name }) => {
    const all = laps.get(name) ?? [];
    const quartile = (of: (lap: Lap) => number) => all.map(of).sort((a, b) => a - b)[all.length >> 2] ?? Number.NaN;
    return { name, cpuNs: quartile((lap) => lap.cpuNs), wallNs: quartile((lap) => lap.wallNs) };
  });
};

/** Each text once, so many at a time. */
export const inFlight = async (
  texts: readonly string[],
  atOnce: number,
  verify: (text: string) => unknown,
): Promise<void> => {
  let next = 0;
  const lane = async () => {
    while (next < texts.length) {
      const text = texts[next] as string;
      next += 1;
      await verify(text);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
};
