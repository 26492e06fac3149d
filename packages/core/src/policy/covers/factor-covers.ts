import type { CompiledFactor, Factor } from '../permission-set.ts';
import type { StatementReference } from '../statement.ts';
import { coveredAtOnce } from './at-once.ts';
import { findGenericExcess } from './generic.ts';
import { leastPoints } from './points.ts';
import type { Question } from './question.ts';
import { type Rectangle, rectanglesOf } from './rectangle.ts';
import { searchRectangle } from './search-rectangle.ts';

/** What is known of one of the sets that `outer` intersects, beside the question's best counterexample. */
export type FactorCoverage =
  | { readonly state: 'covered' }
  /** The best counterexample is one of this set's, or as good as any of them, or better than what could be looked for. */
  | { readonly state: 'excess' }
  | { readonly state: 'unprintable' }
  | { readonly state: 'exhausted'; readonly statements: readonly StatementReference[] };

/**
 * Whether one of the sets that `outer` intersects covers `inner`. Once there is a counterexample, the rest of the work is
 * for a better one, and has a budget of its own.
 */
export const factorCovers = (factor: CompiledFactor, question: Question): FactorCoverage => {
  let left: Rest | null = null;
  for (const base of question.inner.factors) {
    const rest = restOf(base, factor, question);
    if (rest.state === 'exhausted') return question.best.found === null ? rest : { state: 'excess' };
    if (rest.rectangles.length === 0) return { state: question.best.found === null ? 'covered' : 'excess' };
    // Any of the intersected sets may serve to walk over what they have in common; the smallest rest is the best.
    if (left === null || rest.rectangles.length < left.rectangles.length) left = rest;
  }
  // An intersection of no sets allows nothing, as `decide` has it.
  return left === null ? { state: 'covered' } : searchRest(left, factor, question);
};

interface Rest {
  readonly state: 'rest';
  readonly base: Factor;
  readonly rectangles: readonly Rectangle[];
}

type Exhausted = Extract<FactorCoverage, { readonly state: 'exhausted' }>;

/** The rectangles that have no cheap answer, or may have a better counterexample than is known. */
const restOf = (base: Factor, factor: CompiledFactor, question: Question): Rest | Exhausted => {
  const { best } = question;
  const rectangles: Rectangle[] = [];
  for (const rectangle of rectanglesOf(base)) {
    const budget = best.found === null ? question.budget : question.refinement;
    if (!budget.spend(1)) {
      best.unproved = true;
      return { state: 'exhausted', statements: [rectangle.statement.by] };
    }
    if (leastPoints(rectangle) >= best.points) continue;
    if (coveredAtOnce(factor, rectangle, budget)) continue;
    // Before any search: one plain excess must not hide behind something intricate.
    findGenericExcess(rectangle, question, budget);
    rectangles.push(rectangle);
  }
  return { state: 'rest', base, rectangles };
};

const searchRest = ({ base, rectangles }: Rest, factor: CompiledFactor, question: Question): FactorCoverage => {
  const { best } = question;
  let unprintable = false;
  const shortFirst = rectangles
    .map((rectangle) => ({ rectangle, least: leastPoints(rectangle) }))
    .sort((a, b) => a.least - b.least);
  for (const { rectangle, least } of shortFirst) {
    if (least >= best.points) break;
    const found = searchRectangle(rectangle, base, factor, question);
    if (found.found === 'exhausted') {
      if (best.found === null) return { state: 'exhausted', statements: found.statements };
      best.unproved = true;
      break;
    }
    if (found.found === 'unprintable') unprintable = true;
  }
  if (best.found !== null) return { state: 'excess' };
  return { state: unprintable ? 'unprintable' : 'covered' };
};
