/** Values that many entries of a cache have in common, each made once and there for as long as somebody holds it. */
export interface SharedValues<V extends object> {
  /** The one of this key; `make` where nobody holds it. */
  get(key: string, make: () => V): V;
  size(): number;
}

/**
 * What nobody holds any more goes: the keys of what has gone are looked for once as many new ones have come, so that
 * their number stays within twice that of what lives.
 */
export const createSharedValues = <V extends object>(): SharedValues<V> => {
  const references = new Map<string, WeakRef<V>>();
  let tidyAt = 1_024;
  const tidy = () => {
    for (const [key, reference] of references) if (reference.deref() === undefined) references.delete(key);
    tidyAt = Math.max(1_024, 2 * references.size);
  };
  return {
    get: (key, make) => {
      const known = references.get(key)?.deref();
      if (known !== undefined) return known;
      const value = make();
      references.set(key, new WeakRef(value));
      if (references.size >= tidyAt) tidy();
      return value;
    },
    size: () => references.size,
  };
};
