import type { SegmentPattern } from '../pattern.ts';
import type { ActionPattern } from '../statement.ts';

/**
 * Many statements, laid out in one array of words so that a decision looks at few places of memory. The tree of nodes and
 * probes says, by a few characters of a name, which statements may match it; those are then compared with it as a whole.
 * Records are named by the place where they begin; none begins at 0, which stands for nothing.
 *
 * - segment: where its first part begins among the characters, that part's length, the same of its last part (`LITERAL`
 *   for the length where there is but one), and one more than the place of its demands (0: none);
 * - pattern: the fewest and the most segments of a name that it stands for; what `Run` tells; whether any of
 *   its segments has demands; then its segments;
 * - item: the word of a statement (see `wordOf`); of its pattern what most often decides, so that no other place is looked
 *   at: the screen (see `screen.ts`), the shape (see `shape.ts`), the run, the run's mark; the pattern; and one more than the
 *   place of its actions (0: all that lead here match);
 * - node: the least rank of an allow and of a deny in it and below, how many items, how many probes; then both;
 * - probe: see `probe.ts`; roots: a node for patterns without and one for patterns with demands, either may be 0.
 */
export interface Sealed {
  readonly words: Int32Array;
  /** The literal parts of all segments, as code units. */
  readonly characters: Uint16Array;
  /** What patterns begin with (see `Run`), each followed by its successor. */
  readonly runs: readonly string[];
  readonly demands: readonly Demand[];
  readonly actions: readonly ActionPattern[];
}

/** What a segment asks for beyond the ends of its path: rare enough to be kept as it is. */
export interface Demand {
  readonly segment: SegmentPattern;
  /** Whether what isn't known about a name counts as a match (`Reading`). */
  readonly may: boolean;
}

/** In the place of a last part's length: the first part is all. */
export const LITERAL = -1;

/** A rank that no statement has. */
export const NO_RANK = 0x3fff_ffff;

/** Allows and denies are ranked apart, each in the order of the groups and of the statements in them. */
export const wordOf = (rank: number, effect: 'allow' | 'deny'): number => (rank << 1) | (effect === 'deny' ? 1 : 0);

/** Places within a record; `size` is where what has no fixed number begins. */
export const SEGMENT = { first: 0, firstLength: 1, last: 2, lastLength: 3, demand: 4, size: 5 } as const;
export const PATTERN = {
  least: 0,
  most: 1,
  run: 2,
  runLength: 3,
  runMark: 4,
  runCode: 5,
  runEnd: 6,
  runLevels: 7,
  demands: 8,
  size: 9,
} as const;
export const ITEM = { word: 0, screen: 1, shape: 2, run: 3, mark: 4, pattern: 5, actions: 6, size: 7 } as const;
export const NODE = { allow: 0, deny: 1, items: 2, probes: 3, size: 4 } as const;
export const ROOTS = { plain: 0, demanding: 1, size: 2 } as const;
