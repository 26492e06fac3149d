import { createRandom } from '../random.ts';

/** For each verification. */
export interface Times {
  /** Of this process, all threads. */
  readonly cpuNs: number;
  readonly wallNs: number;
}

export interface Lap extends Times {
  readonly name: string;
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

/** Of some laps the lower quartile: what else runs can only make them longer. */
export const quartileOf = (laps: readonly Times[]): Times => {
  const of = (time: (lap: Times) => number) => laps.map(time).sort((a, b) => a - b)[laps.length >> 2] ?? Number.NaN;
  return { cpuNs: of((lap) => lap.cpuNs), wallNs: of((lap) => lap.wallNs) };
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
