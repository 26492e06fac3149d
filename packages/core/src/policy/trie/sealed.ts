import type { SegmentPattern } from '../pattern.ts';
import type { ActionPattern } from '../statement.ts';

/**
 * The resources of many statements, merged segment by segment and laid out in one array of words, so that a decision
 * looks only where its request leads and at little memory. Records are named by the place where they begin; none begins
 * at 0, which stands for nothing.
 *
 * - segment: place of its first part, its length, place of its last part, its length (`LITERAL` where there is but one
 *   part), and one more than the place of its demands (0: none);
 * - pattern: the fewest and the most segments of a name that it stands for, then its own segments;
 * - item: the word of a statement (see `wordOf`), its pattern, and one more than the place of its actions (0: all that
 *   lead here);
 * - node: see `Node`; edge: a segment and the node that it leads to; probe: see `probe.ts`.
 */
export interface Sealed {
  readonly words: Int32Array;
  /** The literal parts of all segments, as code units. */
  readonly characters: Uint16Array;
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

/** Places within a record. */
export const SEGMENT = { first: 0, firstLength: 1, last: 2, lastLength: 3, demand: 4 } as const;
export const PATTERN = { least: 0, most: 1, segments: 2 } as const;
export const ITEM = { word: 0, pattern: 1, actions: 2, size: 3 } as const;
export const EDGE = { segment: 0, node: 1, size: 2 } as const;

/**
 * A node begins with the least rank of an allow and of a deny in it and below, and its number of items, which follow. A
 * node from which edges go on has one less than minus that number instead, then what is listed here, then the edges that
 * are tried one by one, all edges that ask for tags or properties (those not found by `tags` first), and its items.
 */
export const NODE = {
  allow: 0,
  deny: 1,
  items: 2,
  leaf: 3,
  literals: 3,
  beginnings: 4,
  endings: 5,
  tags: 6,
  plain: 7,
  demanding: 8,
  untagged: 9,
  inner: 10,
} as const;
