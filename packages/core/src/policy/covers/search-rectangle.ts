import { decideFactor } from '../decide.ts';
import { type Factor, indexStatements, type PermissionSet, statementsOf } from '../permission-set.ts';
import type { CompiledStatement, StatementReference } from '../statement.ts';
import { type Rectangle, reaches } from './rectangle.ts';
import { type SearchOptions, type Witness, walkRectangle } from './search.ts';
import { type Counterexample, counterexampleOf } from './witness-text.ts';

export type RectangleSearch =
  | { readonly found: 'nothing' }
  | { readonly found: 'excess'; readonly counterexample: Counterexample }
  /** There is an excess, and none that can be written as text. */
  | { readonly found: 'unprintable' }
  /** The budget ran out over these statements. */
  | { readonly found: 'exhausted'; readonly statements: readonly StatementReference[] };

/** The full procedure, over every class of requests in a rectangle. */
export const searchRectangle = (
  rectangle: Rectangle,
  base: Factor,
  factor: Factor,
  outer: PermissionSet,
  inner: PermissionSet,
  search: SearchOptions,
): RectangleSearch => {
  const { budget } = search;
  const others = inner.factors.filter((other) => other !== base);
  if (!budget.spend([factor, ...others].flatMap(statementsOf).length)) return exhausted(rectangle, []);
  const limits = [ownPart(rectangle, base), ...others.map((other) => partWithin(other, rectangle))];
  const target = partWithin(factor, rectangle);
  const deciding = [...limits, target].flatMap(statementsOf);
  const telling = deciding.filter((statement) => !isSettled(statement, rectangle));
  // Assigned in the visitor below, which the compiler doesn't see.
  let result = { found: 'nothing' } as RectangleSearch;
  const walked = walkRectangle(rectangle, telling, search, (witness) => {
    if (!budget.spend(1 + deciding.length)) return true;
    if (!exceeds(witness, target, limits)) return false;
    const counterexample = counterexampleOf(witness, outer, inner);
    result = counterexample === null ? { found: 'unprintable' } : { found: 'excess', counterexample };
    return counterexample !== null;
  });
  return walked === null || (budget.exhausted && result.found !== 'excess') ? exhausted(rectangle, telling) : result;
};

/** Those whose wildcards multiply: the most intricate ones, and not all of a thousand. */
const NAMED = 3;

const exhausted = ({ statement }: Rectangle, telling: readonly CompiledStatement[]): RectangleSearch => {
  const others = telling
    .filter((other) => other !== statement)
    .map((other) => ({ by: other.by, stars: starsOf(other) }))
    .sort((a, b) => b.stars - a.stars)
    .slice(0, NAMED);
  return { found: 'exhausted', statements: [statement.by, ...others.map(({ by }) => by)] };
};

const starsOf = ({ actions, patterns }: CompiledStatement): number =>
  [
    ...actions.globs,
    ...patterns.flatMap(({ segments }) => segments.flatMap(({ path, tags }) => [path, ...tags])),
  ].reduce((sum, { parts }) => sum + parts.length - 1, 0);

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
