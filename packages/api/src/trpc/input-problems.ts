import type { ZodError } from 'zod';

export interface InputProblem {
  /** From the input's root, such as `permissions.statements[2].actions`; empty for the input itself. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly [key: string]: string;
}

type Issue = ZodError['issues'][number];

/** BOUNDED-WORK: as many as one answer tells. */
const MAX_PROBLEMS = 50;

/** What a schema refused, in our words: zod's own may repeat what was sent (SECRET-ONCE). */
export const inputProblems = (error: ZodError): readonly InputProblem[] =>
  error.issues.slice(0, MAX_PROBLEMS).map((issue) => ({
    path: pathOf(issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path),
    code: issue.code,
    message: messages[issue.code](issue as never),
  }));

const messages = {
  invalid_type: (issue) => `Expected: ${issue.expected}.`,
  too_big: (issue) => `At most ${issue.maximum}.`,
  too_small: (issue) => `At least ${issue.minimum}.`,
  invalid_format: (issue) => `Not in the expected format (${issue.format}).`,
  not_multiple_of: (issue) => `A multiple of ${issue.divisor} is expected.`,
  unrecognized_keys: () => 'There is no such field.',
  invalid_union: () => 'None of the shapes that are taken here.',
  invalid_key: () => 'A key that is not taken here.',
  invalid_element: () => 'An element that is not taken here.',
  invalid_value: (issue) => `One of: ${issue.values.map(String).join(', ')}.`,
  custom: () => 'Not accepted.',
} as const satisfies { readonly [Code in Issue['code']]: (issue: Extract<Issue, { readonly code: Code }>) => string };

// Keys of a record are the caller's own text: one that isn't a plain word is not repeated.
const PLAIN = /^[A-Za-z][A-Za-z0-9_]{0,39}$/u;

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const key = typeof part === 'string' && PLAIN.test(part) ? part : '?';
    return text === '' ? key : `${text}.${key}`;
  }, '');
