import { decideFactor } from '../decide.ts';
import { type Factor, indexStatements, type PermissionSet, statementsOf } from '../permission-set.ts';
import type { CompiledStatement } from '../statement.ts';
import { coveredAtOnce } from './at-once.ts';
import type { Coverage } from './covers.ts';
import { genericExcess } from './generic.ts';
import { type Rectangle, reaches, rectanglesOf } from './rectangle.ts';
import { type SearchOptions, type Witness, walkRectangle } from './search.ts';
import { type Counterexample, counterexampleOf } from './witness-text.ts';

/** Whether one of the sets that `outer` intersects covers `inner`; counterexamples are of the whole sets. */
export const factorCovers = (
  factor: Factor,
  outer: PermissionSet,
  inner: PermissionSet,
  search: SearchOptions,
): Coverage => {
  const { budget } = search;
  let left: { readonly base: Factor; readonly rectangles: readonly Rectangle[] } | null = null;
  for (const base of inner.factors) {
    const rectangles: Rectangle[] = [];
    for (const rectangle of rectanglesOf(base)) {
      if (budget.exhausted) return EXHAUSTED;
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
    if (found === 'exhausted') return EXHAUSTED;
    if (found === 'doubtful') doubtful = true;
    else if (found !== 'covered') return { covered: false, counterexample: found };
  }
  return doubtful ? UNPRINTABLE : COVERED;
};

const COVERED: Coverage = Object.freeze({ covered: true });

const EXHAUSTED: Coverage = Object.freeze({
  covered: 'undecided',
  reason: 'These permissions are too intricate to compare within the budget.',
});

const UNPRINTABLE: Coverage = Object.freeze({
  covered: 'undecided',
  reason: 'They differ, if at all, only in requests that can not be written as text.',
});

/** The full procedure, over every class of requests in a rectangle. */
const searchRectangle = (
  rectangle: Rectangle,
  base: Factor,
  factor: Factor,
  outer: PermissionSet,
  inner: PermissionSet,
  search: SearchOptions,
): Counterexample | 'covered' | 'doubtful' | 'exhausted' => {
  const { budget } = search;
  const others = inner.factors.filter((other) => other !== base);
  if (!budget.spend([factor, ...others].flatMap(statementsOf).length)) return 'exhausted';
  const limits = [ownPart(rectangle, base), ...others.map((other) => partWithin(other, rectangle))];
  const target = partWithin(factor, rectangle);
  const deciding = [...limits, target].flatMap(statementsOf);
  const telling = deciding.filter((statement) => !isSettled(statement, rectangle));
  let result: Counterexample | 'covered' | 'doubtful' = 'covered';
  const walked = walkRectangle(rectangle, telling, search, (witness) => {
    if (!budget.spend(1 + deciding.length)) return true;
    if (!exceeds(witness, target, limits)) return false;
    const counterexample = counterexampleOf(witness, outer, inner);
    result = counterexample ?? 'doubtful';
    return counterexample !== null;
  });
  return walked === null || (budget.exhausted && typeof result === 'string') ? 'exhausted' : result;
};

/** What doesn't reach into the rectangle matches nothing there: it neither tells classes apart nor decides. */
const partWithin = ({ dialect, groups }: Factor, rectangle: Rectangle): Factor => ({
  dialect,
  groups: groups.map(({ allows, denies }) => ({
    allows: indexStatements(allows.all.filter((statement) => reaches(statement, rectangle))),
    denies: indexStatements(denies.all.filter((statement) => reaches(statement, rectangle))),
  })),
});

/** The rectangle's own group: of its allows only the one that the rectangle is a piece of. */
const ownPart = (rectangle: Rectangle, { dialect }: Factor): Factor =>
  partWithin(
    { dialect, groups: [{ allows: indexStatements([rectangle.statement]), denies: rectangle.group.denies }] },
    rectangle,
  );

/** Whether nothing need be told apart for a statement: the rectangle is its own piece, all of it. */
const isSettled = (statement: CompiledStatement, rectangle: Rectangle): boolean =>
  statement === rectangle.statement && !statement.negated && !statement.actions.negated;

const exceeds = ({ action, name }: Witness, target: Factor, limits: readonly Factor[]): boolean =>
  limits.every((limit) => decideFactor(limit, action, name).effect === 'allow') &&
  decideFactor(target, action, name).effect === 'deny';
