import type { Input } from '@latchkey/contract';

type Statements = NonNullable<Input<'policies', 'update'>['statements']>;

export type PolicyText =
  | { readonly type: 'statements'; readonly statements: Statements }
  /** `at` counts lines and columns from 1; `null` where the browser doesn't say where. */
  | { readonly type: 'not-json'; readonly at: { readonly line: number; readonly column: number } | null }
  | { readonly type: 'not-a-list' };

/** Only whether it is JSON and a list of objects: whether it is a policy is the API's to say. */
export const readPolicyText = (text: string): PolicyText => {
  try {
    const parsed: unknown = JSON.parse(text);
    const isList = Array.isArray(parsed) && parsed.every((item) => typeof item === 'object' && item !== null);
    return isList ? { type: 'statements', statements: parsed as Statements } : { type: 'not-a-list' };
  } catch (error) {
    return { type: 'not-json', at: placeOf(text, error) };
  }
};

/** Browsers say the place in their message: as an offset, or as line and column. */
const placeOf = (text: string, error: unknown) => {
  const message = error instanceof Error ? error.message : '';
  const named = /line (\d+) column (\d+)/.exec(message);
  if (named) return { line: Number(named[1]), column: Number(named[2]) };
  const offset = /position (\d+)/.exec(message)?.[1];
  const end = offset === undefined ? (/end of/i.test(message) ? text.length : null) : Number(offset);
  if (end === null) return null;
  const before = text.slice(0, end).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
};

export const writePolicyText = (statements: unknown): string => JSON.stringify(statements, null, 2);
