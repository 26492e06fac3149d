import type { Input } from '@latchkey/contract';
import { findJsonFault } from './json-fault.ts';

type Statements = NonNullable<Input<'policies', 'update'>['statements']>;

export type PolicyText =
  | { readonly type: 'statements'; readonly statements: Statements }
  /** Counted from 1. */
  | { readonly type: 'not-json'; readonly line: number; readonly column: number }
  | { readonly type: 'not-a-list' };

/** Only whether it is JSON and a list of objects: whether it is a policy is the API's to say. */
export const readPolicyText = (text: string): PolicyText => {
  const fault = findJsonFault(text);
  if (fault !== null) {
    const before = text.slice(0, fault).split('\n');
    return { type: 'not-json', line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }
  const parsed: unknown = JSON.parse(text);
  const isList = Array.isArray(parsed) && parsed.every((item) => typeof item === 'object' && item !== null);
  return isList ? { type: 'statements', statements: parsed as Statements } : { type: 'not-a-list' };
};

export const writePolicyText = (statements: unknown): string => JSON.stringify(statements, null, 2);
