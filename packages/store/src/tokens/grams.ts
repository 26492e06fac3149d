/** As many of a word's pieces as a search asks for. */
const MAX_GRAMS = 64;

/**
 * The pieces by which a name is found: every three characters in a row, and every two that aren't both ASCII, because there
 * two characters are a word. Empty where a word is too short to have any. `token_name`'s trigger makes the same of names.
 */
export const gramsOf = (key: string): readonly string[] => {
  const characters = [...key];
  const grams = new Set<string>();
  for (let at = 0; at + 1 < characters.length && grams.size < MAX_GRAMS; at += 1) {
    const two = characters.slice(at, at + 2).join('');
    if (Buffer.byteLength(two) > 2) grams.add(two);
    const third = characters[at + 2];
    if (third !== undefined) grams.add(`${two}${third}`);
  }
  return [...grams];
};
