import { type PermissionSet, statementsOf } from '../permission-set.ts';
import type { StatementReference } from '../statement.ts';
import { Budget, DEFAULT_BUDGET } from './budget.ts';
import { factorCovers } from './factor-covers.ts';
import { freshCharacter } from './fresh.ts';
import type { SearchOptions } from './search.ts';
import type { Counterexample } from './witness-text.ts';

/** Whether every request that the inner set allows is allowed by the outer one. */
export type Coverage =
  | { readonly covered: true }
  /** `decide` allows it by the inner set and denies it by the outer one. */
  | { readonly covered: false; readonly counterexample: Counterexample }
  | {
      readonly covered: 'undecided';
      readonly reason: string;
      /** Where the budget ran out: the inner set's statement first, then those whose wildcards made it hard. */
      readonly statements?: readonly StatementReference[];
    };

export interface CoversOptions {
  /** Product states that may be visited before the answer is `undecided`; 50,000 unless told. */
  readonly budget?: number;
  /** Actions that the host knows: a counterexample takes one of them where one fits. */
  readonly actions?: readonly string[];
}

/**
 * Decides whether `outer` covers `inner` (COVERED-AT-ISSUE). Sound: never `true` without proof, never `false` without a
 * request that shows it. It speaks of known tags and properties, and of resource names as both dialects read them.
 * Ends within its budget whatever the sets are; callers take `undecided` for a refusal.
 */
export const covers = (outer: PermissionSet, inner: PermissionSet, options: CoversOptions = {}): Coverage => {
  const search = createSearch(outer, inner, options);
  let undecided: Coverage | null = null;
  for (const factor of outer.factors) {
    // What the inner set intersects with can't be exceeded by it.
    if (inner.factors.includes(factor)) continue;
    const coverage = factorCovers(factor, outer, inner, search);
    if (coverage.covered === false) return coverage;
    if (coverage.covered === 'undecided') undecided ??= coverage;
  }
  return undecided ?? { covered: true };
};

/** What one comparison shares among its rectangles: a budget, above all. */
export const createSearch = (outer: PermissionSet, inner: PermissionSet, options: CoversOptions): SearchOptions => {
  let letter: string | null = null;
  return {
    budget: new Budget(options.budget ?? DEFAULT_BUDGET),
    knownActions: options.actions ?? [],
    rareLetter: () => {
      letter ??= freshCharacter([...outer.factors, ...inner.factors].flatMap(statementsOf));
      return letter;
    },
  };
};
