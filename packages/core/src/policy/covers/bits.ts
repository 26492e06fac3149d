/** A set of small numbers. */
export type Bits = Uint32Array;

export const emptyBits = (size: number): Bits => new Uint32Array((size + 31) >>> 5);

export const setBit = (bits: Bits, at: number): void => {
  bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31));
};

export const hasBit = (bits: Bits, at: number): boolean => (((bits[at >>> 5] as number) >>> (at & 31)) & 1) === 1;

export const unionOf = (a: Bits, b: Bits): Bits => a.map((word, i) => word | (b[i] as number));

/** Lists of numbers of one length, each once. */
export class WordLists {
  readonly #byHash = new Map<number, Int32Array[]>();

  /** Whether it was new. */
  add(words: Int32Array): boolean {
    let hash = 0;
    for (let i = 0; i < words.length; i += 1) hash = Math.imul(hash ^ (words[i] as number), 0x9e3779b1) ^ (hash >>> 15);
    const alike = this.#byHash.get(hash);
    if (alike === undefined) {
      this.#byHash.set(hash, [words]);
      return true;
    }
    if (alike.some((other) => areEqual(words, other))) return false;
    alike.push(words);
    return true;
  }
}

const areEqual = (a: Int32Array, b: Int32Array): boolean => {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
};

/**
 * What a search hopes that its request matches (`wanted`) and what it hopes that it doesn't (`unwanted`). Whether a
 * request is an excess never turns from yes to no by matching more of the first or less of the second.
 */
export interface Leaning {
  readonly wanted: Bits;
  readonly unwanted: Bits;
}

/** Whether a request that hits `a` is as good as one that hits `b`, or better. */
export const isAsGood = (a: Bits, b: Bits, { wanted, unwanted }: Leaning): boolean => {
  for (let i = 0; i < a.length; i += 1) {
    const [inA, inB] = [a[i] as number, b[i] as number];
    if ((inB & ~inA & (wanted[i] as number)) !== 0 || (inA & ~inB & (unwanted[i] as number)) !== 0) return false;
  }
  return true;
};
