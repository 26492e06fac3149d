import type { Policy } from './policy.ts';
import type { ProblemList } from './problem.ts';
import { checkText, type ReadOptions, readOptionalText, readStatement } from './read-statement.ts';
import { isRecord } from './record.ts';

export const readPolicyList = (input: unknown, options: ReadOptions, problems: ProblemList): readonly Policy[] => {
  if (!Array.isArray(input)) {
    problems.add('', 'not_a_list', 'Policies are a list.');
    return [];
  }
  const policies: Policy[] = [];
  for (let i = 0; i < input.length && !problems.full; i += 1) {
    const policy = readPolicy(input[i], `[${i}]`, options, problems);
    if (policy !== null) policies.push(policy);
  }
  return Object.freeze(policies);
};

const readPolicy = (input: unknown, path: string, options: ReadOptions, problems: ProblemList): Policy | null => {
  if (!isRecord(input)) {
    problems.add(path, 'not_an_object', 'A policy is an object with a name and statements.');
    return null;
  }
  const own = (key: string) => (Object.hasOwn(input, key) ? input[key] : undefined);
  const name = own('name');
  if (name === undefined) problems.add(`${path}.name`, 'missing', 'A policy needs a name.');
  else if (typeof name !== 'string') problems.add(`${path}.name`, 'not_text', 'This is text.');
  else if (name === '') problems.add(`${path}.name`, 'empty_text', 'This is not empty.');
  else if (options.mode === 'strict') checkText(name, `${path}.name`, problems);
  const statements = readStatementList(own('statements'), `${path}.statements`, options, problems);
  const id = readOptionalText(own('id'), `${path}.id`, options, problems);
  const description = readOptionalText(own('description'), `${path}.description`, options, problems);
  const builtIn = own('builtIn');
  return Object.freeze({
    name: typeof name === 'string' ? name : '',
    statements,
    ...(id !== undefined && { id }),
    ...(description !== undefined && { description }),
    ...(typeof builtIn === 'boolean' && { builtIn }),
  });
};

export const readStatementList = (
  input: unknown,
  path: string,
  options: ReadOptions,
  problems: ProblemList,
): Policy['statements'] => {
  if (!Array.isArray(input)) {
    if (input === undefined) problems.add(path, 'missing', 'A policy needs a list of statements.');
    else problems.add(path, 'not_a_list', 'Statements are a list.');
    return [];
  }
  const statements: Policy['statements'][number][] = [];
  for (let i = 0; i < input.length && !problems.full; i += 1) {
    const statement = readStatement(input[i], `${path}[${i}]`, options, problems);
    if (statement !== null) statements.push(statement);
  }
  return Object.freeze(statements);
};

/** Runs a reader over input that may be anything, an accessor or a proxy that throws included. */
export const guarded = <T>(problems: ProblemList, read: () => T): T | null => {
  try {
    return read();
  } catch {
    problems.add('', 'unreadable', 'This could not be read.');
    return null;
  }
};
