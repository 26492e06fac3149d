import type { Glob } from '../glob.ts';
import type { SegmentPattern } from '../pattern.ts';
import type { CompiledStatement } from '../statement.ts';

/** The resources of many statements, merged segment by segment: a decision looks only where its request leads. */
export interface Trie {
  /** One bit for each action that is listed by name; several share one where there are more than 31. */
  readonly bits: ReadonlyMap<string, number>;
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
  readonly below: Entries | null;
  readonly exact: Entries | null;
  readonly any: Edge | null;
  readonly literals: Table<Edge> | null;
  readonly shapes: readonly Shape[] | null;
}

/** In order. Where there are many, those by names alone can be looked up, and `open` are the others. */
export interface Entries {
  readonly all: readonly Entry[];
  readonly byAction: ReadonlyMap<string, Entry> | null;
  readonly open: readonly Entry[];
}

export interface Edge {
  readonly glob: Glob;
  readonly hash: number;
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

/** Open addressing by hash; a power of two of places, at least half of them empty. */
export interface Table<T extends { readonly hash: number }> {
  readonly places: readonly (T | null)[];
  readonly shift: number;
}

/** Globs whose beginnings have one length, and their ends one length: one look finds those that fit a segment. */
export interface Shape {
  readonly mask: number;
  readonly least: number;
  readonly beginning: number;
  readonly end: number;
  readonly table: Table<Edge>;
}
