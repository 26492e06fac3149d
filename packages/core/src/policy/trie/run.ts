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
}

export const runOf = ({ segments }: Pattern): Run => {
  let text = '';
  let end = 0;
  let levels = 0;
  for (const { path, tags, properties } of segments) {
    const first = path.parts[0] as string;
    // A role attribute may bring a separator; then only the segment's own ends tell what is meant.
    if (first.includes(':') || first.includes(';')) break;
    text += levels === 0 ? first : `:${first}`;
    if (path.form !== 'literal' || tags.length > 0 || properties.length > 0) break;
    levels += 1;
    end = text.length;
  }
  return { text, levels, end };
};
