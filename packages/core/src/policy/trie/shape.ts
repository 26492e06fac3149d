import type { Pattern } from '../pattern.ts';
import type { Run } from './run.ts';

/**
 * What there is to know beside a run that tells all of its pattern, in one word: which bits say that a wildcard follows and
 * that the pattern stands for what is below as well, and from which bit on stand how many segments are whole, where the
 * last of them ends, and the run's length.
 */
export const SHAPE = { told: 1, below: 2, wildcard: 4, levels: 3, end: 8, length: 18 } as const;
export const LEVELS = 0x1f;
export const END = 0x3ff;

/** 0 where the run doesn't tell all of the pattern. It mostly does, and then nothing but the run need be looked at. */
export const shapeOf = ({ segments, below }: Pattern, { text, levels, end }: Run): number => {
  const next = segments[levels];
  if (next !== undefined) {
    const { path, tags, properties } = next;
    const onlyOne = levels + 1 === segments.length && path.parts.length === 2 && path.parts[1] === '';
    const begun = (levels === 0 ? 0 : end + 1) + (path.parts[0] as string).length === text.length;
    if (!onlyOne || !begun || tags.length > 0 || properties.length > 0) return 0;
  }
  // No request is that long.
  if (text.length > END) return 0;
  const flags = SHAPE.told | (below ? SHAPE.below : 0) | (next === undefined ? 0 : SHAPE.wildcard);
  return (text.length << SHAPE.length) | (end << SHAPE.end) | (levels << SHAPE.levels) | flags;
};
