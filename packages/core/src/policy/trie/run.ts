import { LIMITS } from '../limits.ts';
import type { Pattern } from '../pattern.ts';

/**
 * What a pattern begins with, up to its first wildcard: most of what there is to compare, and over several segments at
 * once, which the built-in comparison does many characters at a time.
 */
export interface Run {
  readonly text: string;
  /** So many segments are literal and stand in it as a whole. */
  readonly levels: number;
  /** Where the last of them ends; beyond it stands how the next one begins. */
  readonly end: number;
  /** The place of the character that most likely tells it from others. */
  readonly mark: number;
}

export const runOf = ({ segments }: Pattern): Run => {
  let text = '';
  let end = 0;
  let levels = 0;
  let mark = 0;
  for (const { path, tags, properties } of segments) {
    const first = path.parts[0] as string;
    // A role attribute may bring a separator; then only the segment's own ends tell what is meant.
    if (first.includes(':') || first.includes(';')) break;
    const begin = levels === 0 ? 0 : text.length + 1;
    text += levels === 0 ? first : `:${first}`;
    // Of `env/` the type says nothing, and neither does what stands before a wildcard in `a-*`.
    for (let i = first.length - 1; i > first.indexOf('/'); i -= 1) {
      if (isPunctuation(first.charCodeAt(i))) continue;
      mark = begin + i;
      break;
    }
    if (path.form !== 'literal' || tags.length > 0 || properties.length > 0) break;
    levels += 1;
    end = text.length;
  }
  return { text, levels, end, mark };
};

/** `-`, `.`, `/` and `_`, which names are put together with. */
export const isPunctuation = (code: number): boolean =>
  code === 0x2d || code === 0x2e || code === 0x2f || code === 0x5f;

/** The first text, by code units, after all that begin with this one and that a request may have. */
export const successorOf = (text: string): string => {
  let last = text.length - 1;
  while (last >= 0 && text.charCodeAt(last) === HIGHEST) last -= 1;
  return last < 0 ? LAST : text.slice(0, last) + String.fromCharCode(text.charCodeAt(last) + 1);
};

const HIGHEST = 0xffff;
const LAST = String.fromCharCode(HIGHEST).repeat(LIMITS.requestCharacters + 1);
