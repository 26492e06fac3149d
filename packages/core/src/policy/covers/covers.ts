import { decideFactor } from '../decide.ts';
import { type Factor, indexStatements, type PermissionSet } from '../permission-set.ts';
import type { CompiledStatement } from '../statement.ts';
import { coveredAtOnce } from './at-once.ts';
import { Budget, DEFAULT_BUDGET } from './budget.ts';
import { type Rectangle, reaches, rectanglesOf } from './rectangle.ts';
import { type SearchOptions, type Witness, walkRectangle } from './search.ts';
import { type Counterexample, counterexampleOf } from './witness-text.ts';

/** Whether every request that the inner set allows is allowed by the outer one. */
export type Coverage =
  | { readonly covered: true }
  /** `decide` allows it by the inner set and denies it by the outer one. */
  | { readonly covered: false; readonly counterexample: Counterexample }
  | { readonly covered: 'undecided'; readonly reason: string };

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
  const budget = new Budget(options.budget ?? DEFAULT_BUDGET);
  const search: SearchOptions = { budget, knownActions: options.actions ?? [] };
  let undecided: Coverage | null = null;
  for (const factor of outer.factors) {
    // What the inner set intersects with can't be exceeded by it.
    if (inner.factors.includes(factor)) continue;
    const coverage = factorCovers(factor, outer, inner, search);
    if (coverage.covered === false) return coverage;
    if (coverage.covered === 'undecided') undecided ??= coverage;
  }
  return undecided ?? COVERED;
};

const COVERED: Coverage = Object.freeze({ covered: true });

const factorCovers = (factor: Factor, outer: PermissionSet, inner: PermissionSet, search: SearchOptions): Coverage => {
  const { budget } = search;
  let open: readonly Rectangle[] | null = null;
  let base: Factor | null = null;
  for (const candidate of inner.factors) {
    const left = rectanglesOf(candidate).filter((rectangle) => !coveredAtOnce(factor, rectangle, budget));
    if (left.length === 0) return COVERED;
    // Any of the intersected sets may serve to walk over what they have in common; the smallest rest is the best.
    if (open === null || left.length < open.length) {
      open = left;
      base = candidate;
    }
  }
  if (open === null || base === null) return COVERED;
  let doubtful = false;
  for (const rectangle of open) {
    let counterexample: Counterexample | null = null;
    // What doesn't reach into the rectangle matches nothing there: it neither tells classes apart nor decides.
    const others = inner.factors.filter((other) => other !== base);
    const limits = [ownPart(rectangle, base.dialect), ...others.map((other) => partWithin(other, rectangle))];
    const target = partWithin(factor, rectangle);
    const statements = [...limits, target]
      .flatMap(statementsOf)
      .filter((statement) => !isSettled(statement, rectangle));
    const cost = 1 + [...limits, target].flatMap(statementsOf).length;
    if (!budget.spend(cost)) return EXHAUSTED;
    const found = walkRectangle(rectangle, statements, search, (witness) => {
      if (!budget.spend(cost)) return true;
      if (!exceeds(witness, target, limits)) return false;
      counterexample = counterexampleOf(witness, outer, inner);
      doubtful ||= counterexample === null;
      return counterexample !== null;
    });
    if (counterexample !== null) return { covered: false, counterexample };
    if (found === null || budget.exhausted) return EXHAUSTED;
  }
  return doubtful ? UNPRINTABLE : COVERED;
};

const EXHAUSTED: Coverage = Object.freeze({
  covered: 'undecided',
  reason: 'These permissions are too intricate to compare within the budget.',
});

const UNPRINTABLE: Coverage = Object.freeze({
  covered: 'undecided',
  reason: 'They differ, if at all, only in requests that can not be written as text.',
});

const partWithin = ({ dialect, groups }: Factor, rectangle: Rectangle): Factor => ({
  dialect,
  groups: groups.map(({ allows, denies }) => ({
    allows: indexStatements(allows.all.filter((statement) => reaches(statement, rectangle))),
    denies: indexStatements(denies.all.filter((statement) => reaches(statement, rectangle))),
  })),
});

/** The rectangle's own group: of its allows only the one that the rectangle is a piece of. */
const ownPart = ({ statement, group }: Rectangle, dialect: Factor['dialect']): Factor => ({
  dialect,
  groups: [{ allows: indexStatements([statement]), denies: group.denies }],
});

const statementsOf = ({ groups }: Factor): readonly CompiledStatement[] =>
  groups.flatMap(({ allows, denies }) => [...allows.all, ...denies.all]);

/** Whether nothing need be told apart for a statement: all of the rectangle is its own piece, or beyond its reach. */
const isSettled = (statement: CompiledStatement, rectangle: Rectangle): boolean =>
  (statement === rectangle.statement && !statement.negated && !statement.actions.negated) ||
  !reaches(statement, rectangle);

const exceeds = ({ action, name }: Witness, target: Factor, limits: readonly Factor[]): boolean =>
  limits.every((limit) => decideFactor(limit, action, name).effect === 'allow') &&
  decideFactor(target, action, name).effect === 'deny';
