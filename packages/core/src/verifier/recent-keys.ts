/** Keys that were met lately, so many of them and at most twice as many. */
export interface RecentKeys {
  has(key: string): boolean;
  add(key: string): void;
  clear(): void;
}

/** BOUNDED-WORK: two halves, of which the older one goes when the younger one is full. */
export const createRecentKeys = (count: number): RecentKeys => {
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    has: (key) => young.has(key) || old.has(key),
    add: (key) => {
      if (young.size >= count) {
        old = young;
        young = new Set();
      }
      young.add(key);
    },
    clear: () => {
      young = new Set();
      old = new Set();
    },
  };
};
