/** Whole numbers below `limit` from a seed: the same world on every machine. Marsaglia's xorshift, 32 bits. */
export type Random = (limit: number) => number;

export const createRandom = (seed: number): Random => {
  let state = seed | 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
};

export const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)] as T;
