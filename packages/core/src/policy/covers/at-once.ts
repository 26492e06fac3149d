import type { Factor, Group } from '../permission-set.ts';
import type { Budget } from './budget.ts';
import { matchesAll, type Rectangle, reaches, repeats } from './rectangle.ts';

/** Comparing two statements costs about as much as so many steps of an automaton. */
const COMPARISON = 4;

/**
 * The cheap answer, which settles most of what people write: a single allow of `outer` matches all of the rectangle, and
 * no deny beside it reaches what the rectangle's own policies don't deny as well. `false` says only that it isn't so
 * simple.
 */
export const coveredAtOnce = (outer: Factor, rectangle: Rectangle, budget: Budget): boolean =>
  // What its own policies deny as a whole is nothing, and everything covers it.
  isEmpty(rectangle, budget) ||
  outer.groups.some((group) => allowsAll(group, rectangle, budget) && deniesNothing(group, rectangle, budget));

const isEmpty = (rectangle: Rectangle, budget: Budget): boolean =>
  budget.spend(COMPARISON * rectangle.group.denies.all.length) &&
  rectangle.group.denies.all.some((deny) => matchesAll(deny, rectangle));

const allowsAll = ({ allows }: Group, rectangle: Rectangle, budget: Budget): boolean => {
  const { action } = rectangle;
  const named = action.form === 'literal' ? (allows.byAction.get(action.parts[0] as string) ?? []) : [];
  if (!budget.spend(COMPARISON * (named.length + allows.open.length))) return false;
  return (
    named.some((statement) => matchesAll(statement, rectangle)) ||
    allows.open.some(({ statement }) => matchesAll(statement, rectangle))
  );
};

const deniesNothing = ({ denies }: Group, rectangle: Rectangle, budget: Budget): boolean => {
  const own = rectangle.group.denies.all;
  return denies.all.every((deny) => {
    if (!budget.spend(COMPARISON)) return false;
    if (!reaches(deny, rectangle)) return true;
    return budget.spend(COMPARISON * own.length) && own.some((other) => repeats(other, deny, rectangle));
  });
};
