import { decideFactor } from '../decide.ts';
import { type Factor, type Group, indexStatements, statementsOf } from '../permission-set.ts';
import type { CompiledStatement, StatementReference } from '../statement.ts';
import type { Aim } from './antichain.ts';
import { type Budget, COMPARISON } from './budget.ts';
import { freshFor } from './fresh.ts';
import type { Question } from './question.ts';
import { reaching } from './reach-index.ts';
import { type Rectangle, sizeOf } from './rectangle.ts';
import { isRepeated } from './repeated.ts';
import { type Telling, walkRectangle } from './search.ts';
import { shorten } from './shorten.ts';
import type { Witness } from './witness.ts';
import { counterexampleOf } from './witness-text.ts';

export type RectangleSearch =
  | { readonly found: 'nothing' }
  /** The question's best counterexample is as good as any in the rectangle, or as could be found. */
  | { readonly found: 'excess' }
  /** There is an excess, and none that can be written as text. */
  | { readonly found: 'unprintable' }
  /** The budget ran out over these statements. */
  | { readonly found: 'exhausted'; readonly statements: readonly StatementReference[] };

/**
 * The full procedure, over every class of requests in a rectangle, for what is better than the question's best. First for
 * the best there is; where that is too much work, for any at all.
 */
export const searchRectangle = (
  rectangle: Rectangle,
  base: Factor,
  factor: Factor,
  question: Question,
): RectangleSearch => {
  const { best } = question;
  const refining = best.found !== null;
  const budget = refining ? question.refinement : question.budget;
  const scene = sceneOf(rectangle, base, factor, question, budget);
  if (scene === null) return exhausted(rectangle, []);
  const first = search(scene, 'shortest', question, refining ? budget : budget.portion(question.brevity));
  if (first !== 'exhausted') return { found: first };
  if (best.found !== null) {
    best.unproved = true;
    return { found: 'excess' };
  }
  const second = search(scene, 'any', question, budget);
  return second === 'exhausted' ? exhausted(rectangle, scene.telling) : { found: second };
};

/** What decides within a rectangle. */
interface Scene {
  readonly rectangle: Rectangle;
  /** Each allows what is an excess. */
  readonly limits: readonly Factor[];
  /** Denies it. */
  readonly target: Factor;
  readonly telling: readonly Telling[];
  readonly fresh: string;
}

const sceneOf = (
  rectangle: Rectangle,
  base: Factor,
  factor: Factor,
  { inner }: Question,
  budget: Budget,
): Scene | null => {
  const { statement, group } = rectangle;
  const denies = reaching(group.denies, rectangle, budget);
  if (denies === null) return null;
  const own: Factor = {
    dialect: base.dialect,
    groups: [{ allows: indexStatements([statement]), denies: indexStatements(denies) }],
  };
  const others = inner.factors.filter((other) => other !== base).map((other) => partWithin(other, rectangle, budget));
  const within = partWithin(factor, rectangle, budget);
  if (budget.exhausted) return null;
  const groups = within.groups.map(({ allows, denies: ofTarget }): Group => {
    // What a deny shares with the rectangle's own denies is no excess: a deny that they repeat shows none.
    const telling = ofTarget.all.filter((deny) => !isRepeated(deny, rectangle, denies, budget));
    return { allows, denies: telling.length === ofTarget.all.length ? ofTarget : indexStatements(telling) };
  });
  const target: Factor = { dialect: within.dialect, groups };
  const limits = [own, ...others];
  const telling = [...limits.flatMap((limit) => leaning(limit, true)), ...leaning(target, false)].filter(
    (each) => !isSettled(each.statement, rectangle),
  );
  if (!budget.spend(telling.reduce((sum, { statement }) => sum + sizeOf(statement, rectangle), 0))) return null;
  return {
    rectangle,
    limits,
    target,
    telling,
    fresh: freshFor(
      rectangle,
      telling.map((each) => each.statement),
    ),
  };
};

/** An excess is allowed by the limits and denied by the target. */
const leaning = ({ groups }: Factor, allowed: boolean): readonly Telling[] =>
  groups.flatMap(({ allows, denies }) => [
    ...allows.all.map((statement) => ({ statement, wanted: allowed })),
    ...denies.all.map((statement) => ({ statement, wanted: !allowed })),
  ]);

const search = (
  scene: Scene,
  aim: Aim,
  question: Question,
  budget: Budget,
): 'nothing' | 'excess' | 'unprintable' | 'exhausted' => {
  const { rectangle, limits, target, telling, fresh } = scene;
  const { outer, inner, best, knownActions } = question;
  const cost = COMPARISON * [...limits, target].reduce((sum, factor) => sum + statementsOf(factor).length, 1);
  let unprintable = false;
  let excess = false;
  const limit = () => (aim === 'shortest' ? best.points : Number.POSITIVE_INFINITY);
  const walk = { fresh, aim, budget, knownActions, limit };
  const walked = walkRectangle(rectangle, telling, walk, (witness, points) => {
    if (!budget.spend(cost)) return true;
    if (!exceeds(witness, target, limits)) return false;
    // Of something that only had to be found, most isn't needed.
    const shown =
      aim === 'shortest'
        ? witness
        : shorten(witness, (shorter) => budget.spend(cost) && exceeds(shorter, target, limits));
    const counterexample = counterexampleOf(shown, outer, inner);
    if (counterexample === null) unprintable = true;
    else {
      excess = true;
      best.offer(points, shown, counterexample);
      if (aim === 'any') best.unproved = true;
    }
    return excess && aim === 'any';
  });
  if (walked === null || (budget.exhausted && !(excess && aim === 'any'))) return 'exhausted';
  return excess ? 'excess' : unprintable ? 'unprintable' : 'nothing';
};

/** Those whose wildcards multiply: the most intricate ones, and not all of a thousand. */
const NAMED = 3;

const exhausted = ({ statement }: Rectangle, telling: readonly Telling[]): RectangleSearch => {
  const others = telling
    .filter((other) => other.statement !== statement)
    .map((other) => ({ by: other.statement.by, stars: starsOf(other.statement) }))
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
const partWithin = ({ dialect, groups }: Factor, rectangle: Rectangle, budget: Budget): Factor => ({
  dialect,
  groups: groups.map(({ allows, denies }) => ({
    allows: indexStatements(reaching(allows, rectangle, budget) ?? []),
    denies: indexStatements(reaching(denies, rectangle, budget) ?? []),
  })),
});

/** Whether nothing need be told apart for a statement: the rectangle is its own piece, all of it. */
const isSettled = (statement: CompiledStatement, rectangle: Rectangle): boolean =>
  statement === rectangle.statement && !statement.negated && !statement.actions.negated;

const exceeds = ({ action, name }: Witness, target: Factor, limits: readonly Factor[]): boolean =>
  limits.every((limit) => decideFactor(limit, action, name).effect === 'allow') &&
  decideFactor(target, action, name).effect === 'deny';
