import { isDemanding, type Pattern } from '../pattern.ts';
import type { Run } from './run.ts';

/**
 * What there is to know beside the texts that tell all of a pattern, in one word. Bits say that they do, that the pattern
 * stands for what is below as well, that a wildcard follows the run, that after the wildcard a tail is asked for, that the
 * item's actions have to be compared, and that there is more to tell, which stands in a record of its own (`MORE`). From
 * which bit on stand the fewest segments; with a tail the length of its first segment, else where the last segment ends
 * that the run has as a whole; and the run's length.
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
  more: 0x4000_0000,
} as const;
export const LEAST = 0x1f;
export const END = 0x3ff;

export interface Shape {
  /** 0 where it takes more than these texts to tell the pattern. Mostly it doesn't. */
  readonly shape: number;
  /** What stands after the first wildcard, over several segments where need be. */
  readonly tail: string;
  /** The segment of that wildcard, where another one follows the tail. It is then in the last segment. */
  readonly wild: number;
  /** What stands after the second wildcard. */
  readonly ending: string;
}

export const shapeOf = ({ segments, below }: Pattern, { text, levels, end }: Run): Shape => {
  const [next, ...rest] = segments.slice(levels);
  const flags = SHAPE.told | (below ? SHAPE.below : 0) | (segments.length << SHAPE.least);
  // No request is that long.
  if (text.length > END) return UNTOLD;
  const run = flags | (text.length << SHAPE.length);
  if (next === undefined) return { ...UNTOLD, shape: run | (end << SHAPE.end) };
  const begun = (levels === 0 ? 0 : end + 1) + (next.path.parts[0] as string).length === text.length;
  const demanding = segments.findIndex(isDemanding);
  if (!begun || next.path.form === 'many' || (demanding >= 0 && demanding < segments.length - 1)) return UNTOLD;
  const more = demanding >= 0 ? SHAPE.more : 0;
  // A literal that isn't part of the run has demands, and so is the last.
  if (next.path.form === 'literal') return { ...UNTOLD, shape: run | more };
  const suffix = next.path.parts[1] as string;
  if (suffix === '' && rest.length === 0) {
    return { ...UNTOLD, shape: run | more | SHAPE.wildcard | (end << SHAPE.end) };
  }
  const last = rest.at(-1)?.path;
  const second = last?.parts.length === 2;
  const tail = [suffix, ...rest.map(({ path }) => path.parts[0] as string)];
  const ending = second ? (last.parts[1] as string) : '';
  const isTold =
    rest.every(({ path }, i) => path.form === 'literal' || (second && i === rest.length - 1)) &&
    // A role attribute may bring a separator; then only the segment's own ends tell what is meant.
    ![...tail, ending].some((part) => part.includes(':') || part.includes(';') || part.length > END);
  if (!isTold) return UNTOLD;
  const told = run | more | SHAPE.wildcard | SHAPE.tail | (suffix.length << SHAPE.end);
  return second
    ? { shape: told | SHAPE.more, tail: tail.join(':'), wild: levels, ending }
    : { ...UNTOLD, shape: told, tail: tail.join(':') };
};

const NO_WILD = -1;
const UNTOLD: Shape = { shape: 0, tail: '', wild: NO_WILD, ending: '' };
