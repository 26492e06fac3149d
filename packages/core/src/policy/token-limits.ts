import { LIMITS } from './limits.ts';
import type { Statement } from './policy.ts';
import type { PolicyProblem } from './problem.ts';

/**
 * The limits of one token's permissions, checked when it is issued or changed: 100 statements and 64 KiB of JSON in
 * UTF-8. An empty list where it is within them.
 */
export const checkTokenLimits = (statements: readonly Statement[]): readonly PolicyProblem[] => {
  const problems: PolicyProblem[] = [];
  if (statements.length > LIMITS.tokenStatements) {
    const message = `A token has at most ${LIMITS.tokenStatements} statements.`;
    problems.push({ path: '', code: 'too_many_statements', message });
  }
  // Each statement with the comma before it; the first has the opening bracket, and the closing one is the last byte.
  let bytes = 1;
  for (const statement of statements) {
    bytes += utf8Length(JSON.stringify(statement)) + 1;
    if (bytes > LIMITS.tokenBytes) {
      const message = `A token's statements have at most ${LIMITS.tokenBytes} bytes.`;
      problems.push({ path: '', code: 'statements_too_large', message });
      break;
    }
  }
  return problems;
};

/** Core has no TextEncoder: it is not of the language. */
const utf8Length = (text: string): number => {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
};
