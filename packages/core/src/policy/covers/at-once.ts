import type { CompiledFactor, Group, StatementIndex } from '../permission-set.ts';
import type { CompiledStatement } from '../statement.ts';
import { findFirst } from '../trie/find-first.ts';
import { loadedName } from '../trie/loaded-name.ts';
import type { Budget } from './budget.ts';
import { matchesAll, type Rectangle, reaches, repeats } from './rectangle.ts';

/** Comparing two statements costs about as much as so many steps of an automaton. */
const COMPARISON = 4;

/**
 * The cheap answer, which settles most of what people write: a single allow of `outer` matches all of the rectangle, and
 * no deny beside it reaches what the rectangle's own policies don't deny as well. `false` says only that it isn't so
 * simple.
 */
export const coveredAtOnce = (outer: CompiledFactor, rectangle: Rectangle, budget: Budget): boolean =>
  // What its own policies deny as a whole is nothing, and everything covers it.
  isEmpty(rectangle, budget) ||
  likelyCovered(outer, rectangle, budget) ||
  outer.groups.some((group) => allowsAll(group, rectangle, budget) && deniesNothing(group, rectangle, budget));

const isEmpty = (rectangle: Rectangle, budget: Budget): boolean =>
  budget.spend(COMPARISON * concerning(rectangle.group.denies, rectangle).length) &&
  concerning(rectangle.group.denies, rectangle).some((deny) => matchesAll(deny, rectangle));

const allowsAll = ({ allows }: Group, rectangle: Rectangle, budget: Budget): boolean => {
  const { action } = rectangle;
  const named = action.form === 'literal' ? (allows.byAction.get(action.parts[0] as string) ?? []) : [];
  if (!budget.spend(COMPARISON * (named.length + allows.open.length))) return false;
  return (
    named.some((statement) => matchesAll(statement, rectangle)) ||
    allows.open.some(({ statement }) => matchesAll(statement, rectangle))
  );
};

/** Takes the place of each `*`. Whatever is found by it is compared before it counts. */
const STAND_IN = '\uffff';

/**
 * COVERS, generic instance: what allows the rectangle with a character in the place of each `*` most likely allows all of
 * it, and is found without looking at the others.
 */
const likelyCovered = ({ dialect, groups, program }: CompiledFactor, rectangle: Rectangle, budget: Budget): boolean => {
  const { action, pattern } = rectangle;
  const resource = pattern.segments.map(({ path }) => path.parts.join(STAND_IN)).join(':');
  const request = { action: action.parts.join(STAND_IN), resource };
  if (!budget.spend(COMPARISON) || !loadedName.load(request, dialect)) return false;
  const entry = findFirst(program.allows, request.action, 'allow', 0);
  return (
    entry !== null &&
    matchesAll(entry.statement, rectangle) &&
    deniesNothing(groups[entry.group] as Group, rectangle, budget)
  );
};

const deniesNothing = ({ denies }: Group, rectangle: Rectangle, budget: Budget): boolean => {
  const own = rectangle.group.denies.all;
  return concerning(denies, rectangle).every((deny) => {
    if (!budget.spend(COMPARISON)) return false;
    if (!reaches(deny, rectangle)) return true;
    return budget.spend(COMPARISON * own.length) && own.some((other) => repeats(other, deny, rectangle));
  });
};

/** Those that may speak of the rectangle's action. */
const concerning = ({ all, byAction, open }: StatementIndex, { action }: Rectangle): readonly CompiledStatement[] => {
  if (action.form !== 'literal') return all;
  const named = byAction.get(action.parts[0] as string) ?? NONE;
  return open.length === 0 ? named : [...named, ...open.map(({ statement }) => statement)];
};

const NONE: readonly CompiledStatement[] = [];
