import { type Cache, type CacheBounds, createCache as createCacheWith } from './cache.ts';
import { RULES } from './rules.ts';
import { createTrust as createTrustWith, type Trust, type TrustOptions } from './trust.ts';
import { createUses } from './uses.ts';
import { createVerifierWith, type Verifier, type VerifierOptions } from './verifier.ts';

/** For a process that keeps more than verdicts coherent: one trust for all of its caches. */
export const createTrust = (options: TrustOptions): Trust => createTrustWith(options, RULES);

/** Whoever reads it asks `trust.holds` first. */
export const createCache = <V>(trust: Trust, bounds: CacheBounds): Cache<V> => createCacheWith(trust, bounds, RULES);

/** `trust`: one that other caches share; left out, the verifier has its own. */
export const createVerifier = <S>(options: VerifierOptions<S>, trust: Trust = createTrust(options)): Verifier<S> =>
  createVerifierWith(options, { trust, uses: createUses(options.maxUses ?? 100_000), rules: RULES });
