import { patternsOverlap } from '../overlap.ts';
import type { Group } from '../permission-set.ts';
import type { CompiledStatement } from '../statement.ts';
import { type Budget, COMPARISON } from './budget.ts';
import { reaching } from './reach-index.ts';
import { type Rectangle, repeats, sizeOf } from './rectangle.ts';

/** Comparing two patterns in every part is more than a look. */
const REPETITION = 2 * COMPARISON;

/**
 * Whether a single deny of the rectangle's own policies certainly matches whatever `deny` does of the rectangle; `own` are
 * those that reach it. `false` too where the budget runs out.
 */
export const isRepeated = (
  deny: CompiledStatement,
  rectangle: Rectangle,
  own: readonly CompiledStatement[],
  budget: Budget,
): boolean => {
  if (own.length === 0) return false;
  const cost = REPETITION * sizeOf(deny, rectangle);
  const candidates = own.length > FEW ? meeting(rectangle.group, deny, rectangle, budget) : own;
  return candidates.some((other) => budget.spend(cost * sizeOf(other, rectangle)) && repeats(other, deny, rectangle));
};

/** So many are compared faster than they are looked up. */
const FEW = 4;

/** What matches all that `deny` does matches some of what one of its patterns does. */
const meeting = (
  { denies }: Group,
  deny: CompiledStatement,
  rectangle: Rectangle,
  budget: Budget,
): readonly CompiledStatement[] => {
  const pattern = deny.negated ? undefined : deny.patterns.find((one) => patternsOverlap(one, rectangle.pattern));
  return reaching(denies, { ...rectangle, pattern: pattern ?? rectangle.pattern }, budget) ?? [];
};
