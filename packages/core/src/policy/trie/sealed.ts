import type { Glob } from '../glob.ts';
import type { SegmentPattern } from '../pattern.ts';
import type { ActionPattern } from '../statement.ts';

/**
 * Many statements, laid out in one array of words so that a decision looks at few places of memory. The tree of nodes and
 * probes says, by a few characters of a name, which statements may match it; those are then compared with it as a whole.
 * Records are named by the place where they begin; none begins at 0, which stands for nothing.
 *
 * - segment: where its first part begins among the characters, that part's length, the same of its last part (`LITERAL`
 *   for the length where there is but one), and one more than the place of its demands (0: none);
 * - pattern: the fewest and the most segments of a name that it stands for; what `Run` tells; what its segments demand (see
 *   `DEMANDS`, 0: nothing); then its segments;
 * - item: the word of a statement (see `wordOf`); a key, one character that its pattern insists on: the run's mark in roots
 *   without probes, else the screen (see `screen.ts`); the shape (see `shape.ts`); and the run if there is a shape, else the
 *   pattern, or what more there is of a shape. An item whose actions have to be compared has there the place of these: that,
 *   and one more than the place of its actions;
 * - more: the run, one more than the place of the last segment's demands (0: none), and the segment of the first wildcard
 *   where there is a second one (else -1);
 * - node: twice the number of its items, and one more if it has probes; then the least rank of an allow and of a deny in it
 *   and below, the items, and the probes, of which the last is marked. Without probes there are no ranks;
 * - probe: see `probe.ts`; roots: a node for patterns without and one for patterns with demands, either may be 0.
 */
export interface Sealed {
  readonly words: Int32Array;
  /** The literal parts of all segments, as code units. */
  readonly characters: Uint16Array;
  /**
   * What patterns begin with (see `Run`), each followed by its successor, then by a tail where there is one, and by what
   * stands after a second wildcard.
   */
  readonly runs: readonly string[];
  readonly demands: readonly Demand[];
  readonly actions: readonly ActionPattern[];
}

/** What a segment asks for beyond the ends of its path; many segments ask for the same. */
export interface Demand extends Pick<SegmentPattern, 'tags' | 'anyTag' | 'properties'> {
  /** Where the path's two ends don't tell all of it, else `null`. */
  readonly path: Glob | null;
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
/** Of a pattern: what can be looked at before the paths are, or only when their ends are known to fit. */
export const DEMANDS = { ofTags: 1, ofPaths: 2 } as const;
export const MORE = { run: 0, demand: 1, wild: 2, size: 3 } as const;
export const ITEM = { word: 0, key: 1, shape: 2, place: 3, size: 4 } as const;
/** `probes` is the bit that says that there are some; `leaf` is the size of a node without. */
export const NODE = { probes: 1, allow: 1, deny: 2, leaf: 1, size: 3 } as const;
export const ROOTS = { plain: 0, demanding: 1, size: 2 } as const;
