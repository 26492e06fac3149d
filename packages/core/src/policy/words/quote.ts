import { isControl } from '../control-character.ts';
import type { Say } from './say.ts';

/** Longer ones are cut: a sentence is read by a person, the structured explanation has the whole text. */
const SHOWN_CHARACTERS = 200;
/** Of a list of names or patterns. */
const SHOWN_ITEMS = 5;

/**
 * A name or a pattern in quotation marks. Whoever wrote it isn't whoever reads it: what would print as nothing, or turn
 * the text around it, is written as its code point.
 */
export const quote = (say: Say, text: string): string => {
  const characters = [...text];
  const shown = characters.slice(0, SHOWN_CHARACTERS).map(visible).join('');
  return say('quoted', { text: characters.length > SHOWN_CHARACTERS ? `${shown}…` : shown });
};

export const quoteAll = (say: Say, texts: readonly string[]): string => {
  const list = texts
    .slice(0, SHOWN_ITEMS)
    .map((text) => quote(say, text))
    .join(say('comma'));
  return texts.length > SHOWN_ITEMS ? say('andMore', { list, count: texts.length - SHOWN_ITEMS }) : list;
};

// Format characters (Cf: directions, zero width), line and paragraph separators, halves of a pair.
const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const visible = (character: string): string => {
  const code = character.codePointAt(0) as number;
  return isControl(code) || UNSEEN.test(character)
    ? `\\u{${code.toString(16).toUpperCase().padStart(4, '0')}}`
    : character;
};
