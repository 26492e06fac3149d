/** What is drawn as nothing, or turns the direction of what stands around it. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Line breaks and tabs are neither, and U+FE0F colours the sign before it. */
const TAKEN = new Set(['\n', '\t', '\ufe0f']);

/** Between two pictures a joiner makes one of them. */
const isBetweenPictures = (text: string, at: number): boolean =>
  /\p{Extended_Pictographic}\ufe0f?$/u.test(text.slice(0, at)) &&
  /^\p{Extended_Pictographic}/u.test(text.slice(at + 1));

/** Hebrew, Arabic and the other scripts that are written from right to left. */
const FROM_THE_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A text that somebody else chose, as it may stand on a page: an invisible character is shown by its number, so that no name
 * passes for another one or reads backwards. The API refuses such names; a host's, and rows of before, may have them.
 */
export const shown = (text: string): string =>
  text.replace(INVISIBLE, (character, at: number) => {
    if (TAKEN.has(character) || (character === '\u200d' && isBetweenPictures(text, at))) return character;
    const number = character.codePointAt(0) ?? 0;
    return `‹U+${number.toString(16).toUpperCase().padStart(4, '0')}›`;
  });

/** The same within a sentence: what is written from the right turns nothing of what stands around it. */
export const isolated = (text: string): string => {
  const safe = shown(text);
  // U+2068 and U+2069: isolated, in its own direction (Unicode Standard Annex 9, section 2.6).
  return FROM_THE_RIGHT.test(safe) ? `\u2068${safe}\u2069` : safe;
};
