export type NameProblemCode = 'not_text' | 'empty' | 'too_long' | 'ends_in_white_space' | 'invisible_character';

export interface NameProblem {
  readonly path: string;
  readonly code: NameProblemCode;
  readonly message: string;
}

const MAX_NAME_LENGTH = 128;

// Control characters, lone surrogates, line separators, what has no character yet, and whatever is drawn as nothing:
// bidi controls and zero-width characters among them. With those two names look the same, or a name reads as another.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\u2800]|(?!\ufe0f)\p{Default_Ignorable_Code_Point}/u;

/**
 * What is wrong with a name; nothing when the list is empty. 1 to 128 characters (code points), no white space at its
 * ends, nothing invisible. Nothing is trimmed or repaired silently: what is stored is what was written.
 * U+FE0F, which makes a coloured emoji of a sign, is taken; `nameKey` leaves it out.
 */
export const nameProblems = (input: unknown, path = 'name'): readonly NameProblem[] => {
  const problem = (code: NameProblemCode, message: string): NameProblem => ({ path, code, message });
  if (typeof input !== 'string') return [problem('not_text', 'A name is text.')];
  if (input === '') return [problem('empty', 'A name has at least one character.')];
  // Two code units at most make one character: a longer text is not walked (BOUNDED-WORK).
  if (input.length > 2 * MAX_NAME_LENGTH || [...input].length > MAX_NAME_LENGTH) {
    return [problem('too_long', `A name has at most ${MAX_NAME_LENGTH} characters.`)];
  }
  const problems: NameProblem[] = [];
  if (input.trim() !== input) {
    problems.push(problem('ends_in_white_space', 'A name neither begins nor ends with white space.'));
  }
  if (INVISIBLE.test(input)) {
    problems.push(problem('invisible_character', 'A name holds no control, bidi or other invisible characters.'));
  }
  return problems;
};

/**
 * By which names are compared: two names are taken for the same when their keys are equal. Compatibility normalised
 * (NFKC: full-width letters, ligatures), then folded by upper case and lower case, which makes `ß` and `SS` one as the
 * Unicode standard's caseless match does (section 3.13); no locale has a say in it. Not made for display. Letters of
 * different scripts that look alike stay different.
 */
export const nameKey = (name: string): string =>
  name.normalize('NFKC').replaceAll('\ufe0f', '').toUpperCase().toLowerCase().normalize('NFKC');
