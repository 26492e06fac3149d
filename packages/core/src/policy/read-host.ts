import type { Dialect, Policy } from './policy.ts';
import { type PolicyProblem, ProblemList } from './problem.ts';
import { guarded, readPolicyList } from './read-policy.ts';

/** What could be read of a member's policies. With anything `unreadable` there are no policies: the set is empty. */
export interface HostPolicies {
  readonly policies: readonly Policy[];
  readonly unreadable: readonly PolicyProblem[];
}

/**
 * Reads the policies that the host says apply to one member: never wider than the host. An effect that isn't known is a
 * deny (featbit), keys that aren't known are ignored, size is no problem. Anything else that can't be read makes the
 * whole set empty, because skipping it could lose a deny (FAIL-CLOSED); the caller alerts somebody. Never throws.
 */
export const readHostPolicies = (input: unknown, dialect: Dialect): HostPolicies => {
  const problems = new ProblemList();
  const policies = guarded(problems, () => readPolicyList(input, { dialect, mode: 'host' }, problems));
  if (policies === null || problems.found.length > 0) return { policies: [], unreadable: problems.found };
  return { policies, unreadable: [] };
};
