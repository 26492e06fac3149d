// Control and format characters (bidirectional ones among them), line and paragraph separators, what is private, unassigned or half
// of a pair, and whatever is drawn as nothing. A name may hold any of it, and a terminal obeys some of it.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text on one line that moves no cursor, colors nothing and turns no direction: what could is written as `\u{202e}`. */
export const escapeText = (text: string): string =>
  text.replace(
    UNPRINTABLE,
    (character) => NAMED[character] ?? `\\u{${character.codePointAt(0)?.toString(16).padStart(4, '0')}}`,
  );

/** The same inside a quoted string of JSON or YAML, where it stands for the same character. Line breaks between strings stay. */
export const escapeQuoted = (quoted: string): string =>
  quoted.replace(UNPRINTABLE, (character) =>
    character === '\n'
      ? character
      : // By UTF-16 units, as RFC 8259 (section 7) writes what lies outside the basic plane.
        Array.from({ length: character.length }, (_, unit) => codeUnit(character.charCodeAt(unit))).join(''),
  );

const codeUnit = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

export const isPrintable = (text: string): boolean => text.search(UNPRINTABLE) < 0;
