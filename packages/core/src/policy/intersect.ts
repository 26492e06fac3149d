import type { CompiledFactor, PermissionSet } from './permission-set.ts';

/** What all of the sets allow. Their dialects may differ: what is intersected are sets of requests. */
export const intersect = (first: PermissionSet, ...others: readonly PermissionSet[]): PermissionSet => {
  const factors = new Set<CompiledFactor>(first.factors);
  for (const other of others) for (const factor of other.factors) factors.add(factor);
  return Object.freeze({ factors: Object.freeze([...factors]) });
};
