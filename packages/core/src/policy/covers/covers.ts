import type { PermissionSet } from '../permission-set.ts';
import type { StatementReference } from '../statement.ts';
import { type FactorCoverage, factorCovers } from './factor-covers.ts';
import { FAVOURITES } from './fresh.ts';
import { RARE } from './generic.ts';
import { askQuestion, type Question } from './question.ts';
import { shorten, type Trials } from './shorten.ts';
import type { Witness } from './witness.ts';
import { type Counterexample, counterexampleOf } from './witness-text.ts';

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
 * Ends within its budget whatever the sets are, and says the same on every machine; callers take `undecided` for a
 * refusal. A counterexample is the one with the shortest resource, as far as a tenth of the budget can tell.
 */
export const covers = (outer: PermissionSet, inner: PermissionSet, options: CoversOptions = {}): Coverage => {
  const question = askQuestion(outer, inner, options);
  let undecided: Coverage | null = null;
  for (const factor of outer.factors) {
    // What the inner set intersects with can't be exceeded by it.
    if (inner.factors.includes(factor)) continue;
    const found = factorCovers(factor, question);
    if (found.state === 'exhausted' || found.state === 'unprintable') undecided ??= undecidedOf(found);
  }
  const counterexample = bestOf(question);
  return counterexample === null ? (undecided ?? COVERED) : { covered: false, counterexample };
};

const COVERED: Coverage = Object.freeze({ covered: true });

const undecidedOf = (found: FactorCoverage & { readonly state: 'exhausted' | 'unprintable' }): Coverage =>
  found.state === 'unprintable'
    ? UNPRINTABLE
    : {
        covered: 'undecided',
        reason: 'These permissions are too intricate to compare within the budget.',
        statements: found.statements,
      };

const UNPRINTABLE: Coverage = Object.freeze({
  covered: 'undecided',
  reason: 'They differ, if at all, only in requests that can not be written as text.',
});

/** The shortest counterexample that could be found; what isn't proved to be that is made shorter by trial. */
export const bestOf = ({ best, outer, inner }: Question, trials?: Trials): Counterexample | null => {
  if (best.found === null) return null;
  const confirm = (witness: Witness) => counterexampleOf(witness, outer, inner);
  const found = plain(best.found.witness, confirm);
  return confirm(best.unproved ? shorten(found, (shorter) => confirm(shorter) !== null, trials) : found);
};

/** With an ordinary letter in the place of the rare one, where there is one that serves as well. */
const plain = (witness: Witness, confirm: (witness: Witness) => Counterexample | null): Witness => {
  const shown = confirm(witness);
  if (shown === null || !`${shown.action}${shown.resource}`.includes(RARE)) return witness;
  for (const letter of FAVOURITES) {
    const name = witness.name.map((segment) => ({
      ...segment,
      path: segment.path.replaceAll(RARE, letter),
      tags: segment.tags?.map((tag) => tag.replaceAll(RARE, letter)) ?? null,
    }));
    const ordinary = { action: witness.action.replaceAll(RARE, letter), name };
    if (confirm(ordinary) !== null) return ordinary;
  }
  return witness;
};
