import type { PermissionSet } from '../permission-set.ts';
import { Best } from './best.ts';
import { Budget, DEFAULT_BUDGET } from './budget.ts';
import type { CoversOptions } from './covers.ts';

/** One comparison: two sets, and what its rectangles share. */
export interface Question {
  readonly outer: PermissionSet;
  readonly inner: PermissionSet;
  readonly budget: Budget;
  /** Of the budget, what may be spent on a better counterexample than the first. */
  readonly refinement: Budget;
  /** Of the budget, how many states a rectangle may take before brevity is no aim any more. */
  readonly brevity: number;
  /** Preferred, where one of them is as good as another action. */
  readonly knownActions: readonly string[];
  readonly best: Best;
}

/** A tenth for a better counterexample; and of a search at most an eighth before any would do. */
const [REFINEMENT, BREVITY] = [10, 8];

export const askQuestion = (outer: PermissionSet, inner: PermissionSet, options: CoversOptions): Question => {
  const states = options.budget ?? DEFAULT_BUDGET;
  const budget = new Budget(states);
  return {
    outer,
    inner,
    budget,
    refinement: budget.portion(states / REFINEMENT),
    brevity: states / BREVITY,
    knownActions: options.actions ?? [],
    best: new Best(),
  };
};
