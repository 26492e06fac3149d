import { LatchkeyError } from '@latchkey/core/errors';
import { containsToken } from '@latchkey/core/token';

/**
 * Refuses an input with a token in any of its texts, keys included: it would be stored, shown or logged (SECRET-ONCE).
 * Refuses too what PostgreSQL can't store, NUL and lone surrogates. Only the field is named; the text is not repeated.
 */
export const checkTexts = (input: unknown, field = '', depth = 0): void => {
  // Deeper than anything that is taken here, and than what a stack bears (BOUNDED-WORK).
  if (depth > MAX_DEPTH) throw badInput(field, 'too_deep', `At most ${MAX_DEPTH} levels.`);
  if (typeof input === 'string') checkText(input, field);
  else if (Array.isArray(input)) {
    input.forEach((item, index) => {
      checkTexts(item, `${field}[${index}]`, depth + 1);
    });
  } else if (typeof input === 'object' && input !== null) {
    for (const [key, item] of Object.entries(input)) {
      checkText(key, field);
      checkTexts(item, field === '' ? key : `${field}.${key}`, depth + 1);
    }
  }
};

const MAX_DEPTH = 16;

const checkText = (text: string, field: string): void => {
  if (containsToken(text)) throw new LatchkeyError('TEXT_CONTAINS_TOKEN', { field });
  if (text.includes('\0') || !text.isWellFormed()) throw badInput(field, 'not_text', 'This is no well-formed text.');
};

const badInput = (path: string, code: string, message: string): LatchkeyError =>
  new LatchkeyError('BAD_INPUT', { problems: [{ path, code, message }] });
