import type { Glob } from '../glob.ts';
import type { SegmentPattern } from '../pattern.ts';
import type { CompiledStatement } from '../statement.ts';

/** The resources of many statements, merged segment by segment: a decision looks only where its request leads. */
export interface Trie {
  /** One bit for each action that is listed by name; several share one where there are more than 31. */
  readonly bits: ReadonlyMap<string, number>;
  /** Whether no two actions share a bit: then bits say all there is to say of names. */
  readonly sharp: boolean;
  readonly root: TrieNode;
  /** Statements with `notResources`, in order. */
  readonly excluding: readonly Excluding[];
}

/** The bit of every action that no statement names: only what has wildcards or `notActions` can match it. */
export const UNNAMED = 1 << 31;

/** A statement as it stands at the end of its patterns. */
export interface Entry {
  readonly statement: CompiledStatement;
  /** Place among all statements of the trie. */
  readonly rank: number;
  readonly group: number;
  /** The bits of its actions; all of them where it isn't by names alone. A bit that is absent excludes a match. */
  readonly mask: number;
  /** Whether it matches every action. */
  readonly always: boolean;
  /** Whether its actions are names and nothing else. */
  readonly named: boolean;
}

export interface Excluding {
  readonly entry: Entry;
  /** What it excludes. */
  readonly root: TrieNode;
}

/** What the segments so far lead to. `mask`, `least` and `most` are of everything in it and below: dead ends aren't entered. */
export interface TrieNode {
  readonly mask: number;
  readonly least: number;
  readonly most: number;
  /** Patterns that end here and also stand for longer names. */
  readonly below: readonly Entry[] | null;
  readonly exact: readonly Entry[] | null;
  readonly belowByAction: Entries | null;
  readonly exactByAction: Entries | null;
  readonly any: Edge | null;
  readonly literals: Table<Edge> | null;
  readonly globs: Globs | null;
}

/** In order. Where there are many, those by names alone can be looked up, and `open` are the others. */
export interface Entries {
  readonly byAction: ReadonlyMap<string, Entry>;
  readonly open: readonly Entry[];
}

export interface Edge {
  readonly hash: number;
  /** The glob's own first and last part, nearer at hand: of a literal only the first. */
  readonly first: string;
  readonly last: string;
  readonly glob: Glob;
  /** Where patterns without tags and properties go on. */
  readonly plain: TrieNode | null;
  readonly details: Details | null;
}

/** Where patterns go on that ask for tags or properties. */
export interface Details {
  readonly all: readonly Variant[];
  /** By a tag without wildcards that a name must have; `others` can't be found so. */
  readonly byTag: Table<Tagged> | null;
  readonly others: readonly Variant[];
}

export interface Variant {
  readonly segment: SegmentPattern;
  readonly node: TrieNode;
}

export interface Tagged {
  readonly tag: string;
  readonly hash: number;
  readonly variants: readonly Variant[];
}

/**
 * Open addressing: a power of two of places, at least half of them empty, which is hash 0. Hashes stand by themselves:
 * what is not in it is found out without looking at what is.
 */
export interface Table<T> {
  readonly hashes: readonly number[];
  readonly entries: readonly (T | null)[];
}

export interface Globs {
  /** Four numbers for each shape, which is how long a glob's beginning and its end are: both, and the shape's `mask` and `least`. */
  readonly shapes: readonly number[];
  /** By shape, beginning and end. */
  readonly table: Table<Edge>;
}
