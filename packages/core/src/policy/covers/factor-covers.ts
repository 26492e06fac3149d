import type { CompiledFactor, Factor, PermissionSet } from '../permission-set.ts';
import type { StatementReference } from '../statement.ts';
import { coveredAtOnce } from './at-once.ts';
import type { Coverage } from './covers.ts';
import { genericExcess } from './generic.ts';
import { type Rectangle, rectanglesOf } from './rectangle.ts';
import type { SearchOptions } from './search.ts';
import { searchRectangle } from './search-rectangle.ts';

/** Whether one of the sets that `outer` intersects covers `inner`; counterexamples are of the whole sets. */
export const factorCovers = (
  factor: CompiledFactor,
  outer: PermissionSet,
  inner: PermissionSet,
  search: SearchOptions,
): Coverage => {
  const { budget } = search;
  let left: { readonly base: Factor; readonly rectangles: readonly Rectangle[] } | null = null;
  for (const base of inner.factors) {
    const rectangles: Rectangle[] = [];
    for (const rectangle of rectanglesOf(base)) {
      if (budget.exhausted) return exhausted([rectangle.statement.by]);
      if (coveredAtOnce(factor, rectangle, budget)) continue;
      // Before any search: one plain excess must not hide behind something intricate.
      const counterexample = genericExcess(rectangle, outer, inner, search);
      if (counterexample !== null) return { covered: false, counterexample };
      rectangles.push(rectangle);
    }
    if (rectangles.length === 0 && !budget.exhausted) return COVERED;
    // Any of the intersected sets may serve to walk over what they have in common; the smallest rest is the best.
    if (left === null || rectangles.length < left.rectangles.length) left = { base, rectangles };
  }
  // An intersection of no sets allows nothing, as `decide` has it.
  if (left === null) return COVERED;
  let doubtful = false;
  for (const rectangle of left.rectangles) {
    const found = searchRectangle(rectangle, left.base, factor, outer, inner, search);
    if (found.found === 'exhausted') return exhausted(found.statements);
    if (found.found === 'unprintable') doubtful = true;
    else if (found.found === 'excess') return { covered: false, counterexample: found.counterexample };
  }
  return doubtful ? UNPRINTABLE : COVERED;
};

const COVERED: Coverage = Object.freeze({ covered: true });

const exhausted = (statements: readonly StatementReference[]): Coverage => ({
  covered: 'undecided',
  reason: 'These permissions are too intricate to compare within the budget.',
  statements,
});

const UNPRINTABLE: Coverage = Object.freeze({
  covered: 'undecided',
  reason: 'They differ, if at all, only in requests that can not be written as text.',
});
