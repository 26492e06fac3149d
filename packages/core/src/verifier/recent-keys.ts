import { createDigestTable } from './digest-table.ts';

/** Digests that were met lately, so many of them and at most twice as many. */
export interface RecentKeys {
  has(key: string): boolean;
  add(key: string): void;
  clear(): void;
}

/** BOUNDED-WORK: two halves, of which the older one goes when the younger one is full. */
export const createRecentKeys = (count: number): RecentKeys => {
  let young = createDigestTable<true>();
  let old = createDigestTable<true>();
  return {
    has: (key) => young.get(key) === true || (old.size > 0 && old.get(key) === true),
    add: (key) => {
      if (young.size >= count) {
        old = young;
        young = createDigestTable();
      }
      young.set(key, true);
    },
    clear: () => {
      young = createDigestTable();
      old = createDigestTable();
    },
  };
};
