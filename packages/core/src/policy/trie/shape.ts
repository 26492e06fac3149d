import type { Pattern } from '../pattern.ts';
import type { Run } from './run.ts';

/**
 * What there is to know beside the texts that tell all of a pattern, in one word. Bits say that they do, that the pattern
 * stands for what is below as well, that a wildcard follows the run, that after the wildcard a tail is asked for, and that
 * the item's actions have to be compared. From which bit on stand the fewest segments; with a tail the length of its first
 * segment, else where the last segment ends that the run has as a whole; and the run's length.
 */
export const SHAPE = {
  told: 1,
  below: 2,
  wildcard: 4,
  least: 3,
  end: 8,
  length: 18,
  tail: 0x1000_0000,
  actions: 0x2000_0000,
} as const;
export const LEAST = 0x1f;
export const END = 0x3ff;

export interface Shape {
  /** 0 where it takes more than the run and the tail to tell the pattern. Mostly it doesn't. */
  readonly shape: number;
  /** What stands after the only wildcard, over several segments where need be. */
  readonly tail: string;
}

export const shapeOf = ({ segments, below }: Pattern, { text, levels, end }: Run): Shape => {
  const [next, ...rest] = segments.slice(levels);
  const flags = SHAPE.told | (below ? SHAPE.below : 0) | (segments.length << SHAPE.least);
  // No request is that long.
  if (text.length > END) return UNTOLD;
  const run = flags | (text.length << SHAPE.length);
  if (next === undefined) return { shape: run | (end << SHAPE.end), tail: '' };
  const { path, tags, properties } = next;
  const begun = (levels === 0 ? 0 : end + 1) + (path.parts[0] as string).length === text.length;
  if (!begun || path.parts.length !== 2 || tags.length > 0 || properties.length > 0) return UNTOLD;
  const last = path.parts[1] as string;
  if (last === '' && rest.length === 0) return { shape: run | SHAPE.wildcard | (end << SHAPE.end), tail: '' };
  const tail = [last, ...rest.map((segment) => segment.path.parts[0] as string)];
  const isTold =
    rest.every((segment) => segment.path.form === 'literal' && segment.tags.length + segment.properties.length === 0) &&
    // A role attribute may bring a separator; then only the segment's own ends tell what is meant.
    !tail.some((part) => part.includes(':') || part.includes(';') || part.length > END);
  if (!isTold) return UNTOLD;
  return { shape: run | SHAPE.wildcard | SHAPE.tail | (last.length << SHAPE.end), tail: tail.join(':') };
};

const UNTOLD: Shape = { shape: 0, tail: '' };
