/** What is needed of a map from digests to what is kept under them. */
export interface Table<E> {
  readonly size: number;
  get(key: string): E | undefined;
  set(key: string, value: E): unknown;
  delete(key: string): boolean;
  /** In any order; one that is under way goes on through what changes meanwhile, and may meet something twice or not at all. */
  values(): Iterator<E, undefined>;
  clear(): void;
}

/** The length of a SHA-256 as a binary string, whose characters are bytes. */
export const DIGEST_LENGTH = 32;

// Looked up once: where any class extends String, engines look up a text's methods at each call.
const { charCodeAt } = String.prototype;

const WORDS = DIGEST_LENGTH / 4;
const LEAST_SLOTS = 64;

/**
 * A map of which every key is a digest ({@link DIGEST_LENGTH}): its first bytes are as good as any hash of it, and its bytes
 * stand side by side with those of its neighbours. A `Map` hashes the key once more and then follows it to the one that it
 * keeps: with a million keys each such step is a wait for memory.
 * @throws RangeError for a key that is no digest
 */
export const createDigestTable = <E>(): Table<E> => {
  let mask = LEAST_SLOTS - 1;
  /** Of each slot the digest's words. */
  let words = new Int32Array(LEAST_SLOTS * WORDS);
  /** `undefined`: free; `null`: was taken once, so that whoever looks for something goes on. */
  let slots: (E | null | undefined)[] = new Array(LEAST_SLOTS).fill(undefined);
  let size = 0;
  let used = 0;

  /** The slot of a digest, or where it would stand as a complement. */
  const find = (key: string): number => {
    if (key.length !== DIGEST_LENGTH) throw new RangeError('not a digest');
    const first = wordOf(key, 0);
    let free = -1;
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const value = slots[slot];
      if (value === undefined) return ~(free < 0 ? slot : free);
      if (value === null) {
        if (free < 0) free = slot;
      } else if (words[slot * WORDS] === first && isAt(slot, key)) return slot;
    }
  };
  const isAt = (slot: number, key: string): boolean => {
    const at = slot * WORDS;
    for (let i = 1; i < WORDS; i += 1) if (words[at + i] !== wordOf(key, i)) return false;
    return true;
  };
  /** Room for as many again, or less where most have gone. */
  const rebuild = () => {
    const [oldWords, oldSlots] = [words, slots];
    let count = LEAST_SLOTS;
    while (count < size * 2) count *= 2;
    mask = count - 1;
    words = new Int32Array(count * WORDS);
    slots = new Array(count).fill(undefined);
    used = size;
    for (let old = 0; old < oldSlots.length; old += 1) {
      const value = oldSlots[old];
      if (value === undefined || value === null) continue;
      let slot = (oldWords[old * WORDS] as number) & mask;
      while (slots[slot] !== undefined) slot = (slot + 1) & mask;
      slots[slot] = value;
      for (let i = 0; i < WORDS; i += 1) words[slot * WORDS + i] = oldWords[old * WORDS + i] as number;
    }
  };

  return {
    get size() {
      return size;
    },
    get: (key) => {
      const slot = find(key);
      return slot < 0 ? undefined : (slots[slot] as E);
    },
    set: (key, value) => {
      const found = find(key);
      if (found >= 0) {
        slots[found] = value;
        return;
      }
      const slot = ~found;
      if (slots[slot] === undefined) used += 1;
      slots[slot] = value;
      for (let i = 0; i < WORDS; i += 1) words[slot * WORDS + i] = wordOf(key, i);
      size += 1;
      if (used * 4 > (mask + 1) * 3) rebuild();
    },
    delete: (key) => {
      const slot = find(key);
      if (slot < 0) return false;
      slots[slot] = null;
      size -= 1;
      return true;
    },
    values: () => {
      let slot = 0;
      return {
        next: () => {
          while (slot <= mask) {
            const value = slots[slot];
            slot += 1;
            if (value !== undefined && value !== null) return { done: false, value };
          }
          return { done: true, value: undefined };
        },
      };
    },
    clear: () => {
      mask = LEAST_SLOTS - 1;
      words = new Int32Array(LEAST_SLOTS * WORDS);
      slots = new Array(LEAST_SLOTS).fill(undefined);
      size = 0;
      used = 0;
    },
  };
};

const wordOf = (key: string, index: number): number => {
  const at = index * 4;
  return (
    charCodeAt.call(key, at) |
    (charCodeAt.call(key, at + 1) << 8) |
    (charCodeAt.call(key, at + 2) << 16) |
    (charCodeAt.call(key, at + 3) << 24)
  );
};
