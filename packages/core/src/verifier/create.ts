import { type CacheBounds, createCache as createCacheWith, type Entry, type KeptAbout } from './cache.ts';
import { RULES } from './rules.ts';
import { createTrust as createTrustWith, type LookUpStart, type Trust, type TrustOptions } from './trust.ts';
import { createUses } from './uses.ts';
import { createVerifierWith, type Verifier, type VerifierOptions } from './verifier.ts';

/** For a process that keeps more than verdicts coherent: one trust for all of its caches. */
export const createTrust = (options: TrustOptions): Trust => createTrustWith(options, RULES);

/** Values that are kept for as long as they are as good as ones that would be asked for. */
export interface Cache<V> {
  /** Whoever reads it asks `trust.holds` first. */
  get(key: string, at: number): V | null;
  set(key: string, value: V, about: KeptAbout, start: LookUpStart): void;
}

interface ValueEntry<V> extends Entry {
  readonly value: V;
}

/** For what else than verdicts a process keeps coherent. */
export const createCache = <V>(trust: Trust, bounds: CacheBounds): Cache<V> => {
  const cache = createCacheWith<ValueEntry<V>>(trust, bounds, RULES);
  return {
    get: (key, at) => {
      const entry = cache.get(key, at);
      if (entry === null) return null;
      entry.touched = true;
      return entry.value;
    },
    set: (key, value, about, start) => {
      const { dependsOnPermissions } = about;
      cache.set(key, about, start, (place) => ({
        ...place,
        ...{ about, dependsOnPermissions, until: null, touched: false, value },
      }));
    },
  };
};

/** `trust`: one that other caches share; left out, the verifier has its own. */
export const createVerifier = <S>(options: VerifierOptions<S>, trust: Trust = createTrust(options)): Verifier<S> =>
  createVerifierWith(options, { trust, uses: createUses(options.maxUses ?? 100_000), rules: RULES });
