import type { Dialect, Policy, Statement } from './policy.ts';
import { type ParseResult, ProblemList } from './problem.ts';
import { guarded, readPolicyList, readStatementList } from './read-policy.ts';

/**
 * Reads policies that a person wrote: a list of `{ name, statements }`. Strict: an effect but exactly `allow` or `deny`,
 * a key of a statement that the dialect doesn't have, a wildcard in a featbit action, an empty pattern, anything beyond
 * `LIMITS` is a problem. Lists every problem with its path (the first thousand). Never throws.
 */
export const parsePolicies = (input: unknown, dialect: Dialect): ParseResult<readonly Policy[]> => {
  const problems = new ProblemList();
  return resultOf(
    problems,
    guarded(problems, () => readPolicyList(input, { dialect, mode: 'strict' }, problems)),
  );
};

/** Reads a list of statements, such as a token's own, with the checks and paths of {@link parsePolicies}. */
export const parseStatements = (input: unknown, dialect: Dialect): ParseResult<readonly Statement[]> => {
  const problems = new ProblemList();
  return resultOf(
    problems,
    guarded(problems, () => readStatementList(input, '', { dialect, mode: 'strict' }, problems)),
  );
};

const resultOf = <T>(problems: ProblemList, value: T | null): ParseResult<T> =>
  problems.found.length === 0 && value !== null ? { ok: true, value } : { ok: false, problems: problems.found };
