import { redactTokens } from '../token/redact.ts';
import type { ErrorCode } from './code.ts';
import { publicErrorOf } from './public-error.ts';

/** What JSON can say. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

export type ErrorDetails = { readonly [key: string]: JsonValue };

/**
 * A refusal or a surprise with one of Latchkey's codes. Its message is the internal sentence: what a caller reads is
 * `publicErrorOf(code).message`, with `details` for the entitled.
 */
export class LatchkeyError extends Error {
  override readonly name = 'LatchkeyError';
  readonly code: ErrorCode;
  /** ALLOW-LISTED-OUTPUT: only the keys that the code's row lists; whatever else was given is dropped. */
  readonly details: ErrorDetails;

  /** `cause` is for the log and never leaves the process. */
  constructor(code: ErrorCode, details: { readonly [key: string]: JsonValue | undefined } = {}, cause?: unknown) {
    const row = publicErrorOf(code);
    super(row.internal, cause === undefined ? undefined : { cause });
    this.code = code;
    const kept: { [key: string]: JsonValue } = {};
    for (const key of row.details ?? []) {
      const value = Object.hasOwn(details, key) ? details[key] : undefined;
      if (value !== undefined) kept[key] = withoutSecrets(value, 0);
    }
    this.details = Object.freeze(kept);
  }
}

/** SECRET-ONCE: an error object travels to logs and callers, so no text in it keeps a token's secret. */
const withoutSecrets = (value: JsonValue, depth: number): JsonValue => {
  if (typeof value === 'string') return redactTokens(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean' || value === null) return value;
  // Deeper than anything that Latchkey reports: dropped rather than followed (BOUNDED-WORK).
  if (depth === MAX_DEPTH || typeof value !== 'object') return null;
  if (Array.isArray(value)) return value.map((item: JsonValue) => withoutSecrets(item, depth + 1));
  // Not by assignment: a key `__proto__` of the input would become the answer's prototype.
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]): [string, JsonValue][] =>
      item === undefined ? [] : [[redactTokens(key), withoutSecrets(item, depth + 1)]],
    ),
  );
};

const MAX_DEPTH = 8;
