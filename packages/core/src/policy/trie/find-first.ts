import { matchesMiddle } from '../glob.ts';
import { matchesProperties, matchesTags, type Reading } from '../pattern.ts';
import type { NameSegment } from '../request.ts';
import { matchesAction } from '../statement.ts';
import { loadedName } from './loaded-name.ts';
import { hashOfEnds, placeOf } from './text-hash.ts';
import { type Details, type Edge, type Entries, type Entry, type Trie, type TrieNode, UNNAMED } from './trie.ts';

/**
 * The one walk that is going on. Kept outside of it because a decision allocates nothing but its answer; a walk calls
 * nobody's code, so there is never a second one.
 */
const walk = {
  action: '',
  bit: 0,
  reading: 'must' as Reading,
  /** Entries before this one are passed over. */
  floor: 0,
  /** Only what comes before this one is still of interest. */
  best: 0,
  found: null as Entry | null,
};

/**
 * The first entry, from `floor` on, that matches the loaded name and the action. `effect` says how what isn't known about
 * the name is read.
 */
export const findFirst = (trie: Trie, action: string, effect: 'allow' | 'deny', floor: number): Entry | null => {
  walk.action = action;
  walk.bit = trie.bits.get(action) ?? UNNAMED;
  walk.reading = effect === 'allow' ? 'must' : 'may';
  walk.floor = floor;
  walk.best = Number.MAX_SAFE_INTEGER;
  walk.found = null;
  visit(trie.root, 0);
  if (trie.excluding.length > 0) visitExcluding(trie, effect);
  const { found } = walk;
  walk.found = null;
  return found;
};

const visit = (node: TrieNode, level: number): void => {
  if ((node.mask & walk.bit) === 0 || node.least >= walk.best || node.most < walk.floor) return;
  if (node.below !== null) take(node.below);
  if (level === loadedName.count) {
    if (node.exact !== null) take(node.exact);
    return;
  }
  if (node.literals !== null) {
    const { places, shift } = node.literals;
    const start = loadedName.starts[level] as number;
    const end = loadedName.ends[level] as number;
    const hash = loadedName.hash(start, end);
    let place = placeOf(hash, shift);
    for (let edge = places[place]; edge; edge = places[place]) {
      if (edge.hash === hash) {
        const literal = edge.glob.parts[0] as string;
        if (literal.length === end - start && holds(literal, start)) {
          follow(edge, level);
          break;
        }
      }
      place = (place + 1) & (places.length - 1);
    }
  }
  if (node.any !== null) follow(node.any, level);
  if (node.shapes !== null) visitShapes(node, level);
};

const visitShapes = ({ shapes }: TrieNode, level: number): void => {
  const start = loadedName.starts[level] as number;
  const end = loadedName.ends[level] as number;
  for (const shape of shapes as NonNullable<typeof shapes>) {
    const first = start + shape.beginning;
    const last = end - shape.end;
    if (first > last) continue;
    const { places, shift } = shape.table;
    const hash = hashOfEnds(loadedName.hash(start, first), loadedName.hash(last, end));
    let place = placeOf(hash, shift);
    // Globs that differ between their ends alone have one hash: all of them are tried.
    for (let edge = places[place]; edge; edge = places[place]) {
      if (edge.hash === hash) {
        const { parts } = edge.glob;
        if (
          holds(parts[0] as string, start) &&
          holds(parts[parts.length - 1] as string, last) &&
          (parts.length === 2 || matchesMiddle(edge.glob, loadedName.text, first, last))
        ) {
          follow(edge, level);
        }
      }
      place = (place + 1) & (places.length - 1);
    }
  }
};

/** Whether the loaded text has this at that place; the caller knows that it is long enough. */
const holds = (part: string, at: number): boolean => {
  const { text } = loadedName;
  for (let i = 0; i < part.length; i += 1) if (text.charCodeAt(at + i) !== part.charCodeAt(i)) return false;
  return true;
};

const follow = ({ plain, details }: Edge, level: number): void => {
  if (plain !== null) visit(plain, level + 1);
  // A name without any details has known ones, none: no tag or property that is asked for.
  if (details !== null && loadedName.details !== null) {
    followDetails(details, loadedName.details[level] as NameSegment, level);
  }
};

const followDetails = ({ all, byTag, others }: Details, segment: NameSegment, level: number): void => {
  const { tags } = segment;
  followVariants(byTag === null || tags === null ? all : others, segment, level);
  if (byTag === null || tags === null) return;
  for (const tag of tags) {
    const listed = byTag.get(tag);
    if (listed !== undefined) followVariants(listed, segment, level);
  }
};

const followVariants = (variants: Details['all'], segment: NameSegment, level: number): void => {
  for (const { segment: wanted, node } of variants) {
    if (
      (wanted.tags.length === 0 || matchesTags(wanted, segment.tags, walk.reading)) &&
      (wanted.properties.length === 0 || matchesProperties(wanted, segment.properties, walk.reading))
    ) {
      visit(node, level + 1);
    }
  }
};

const take = ({ all, byAction, open }: Entries): void => {
  let entries = all;
  if (byAction !== null && walk.floor === 0) {
    const named = byAction.get(walk.action);
    if (named !== undefined) keep(named);
    entries = open;
  }
  for (const entry of entries) {
    if (entry.rank >= walk.best) return;
    if (matchesEntry(entry)) keep(entry);
  }
};

const matchesEntry = ({ rank, mask, always, statement }: Entry): boolean =>
  rank >= walk.floor && (mask & walk.bit) !== 0 && (always || matchesAction(statement.actions, walk.action));

const keep = (entry: Entry): void => {
  if (entry.rank >= walk.best) return;
  walk.best = entry.rank;
  walk.found = entry;
};

/** `notResources`: a statement matches unless one of its patterns does. */
const visitExcluding = ({ excluding }: Trie, effect: 'allow' | 'deny'): void => {
  const { bit, floor } = walk;
  let { best, found } = walk;
  for (const { entry, root } of excluding) {
    if (entry.rank >= best) break;
    walk.bit = bit;
    walk.floor = floor;
    if (!matchesEntry(entry)) continue;
    walk.bit = entry.mask;
    walk.floor = 0;
    walk.best = Number.MAX_SAFE_INTEGER;
    walk.found = null;
    // What isn't known counts against the caller: it is excluded from an allow and not from a deny.
    walk.reading = effect === 'allow' ? 'may' : 'must';
    visit(root, 0);
    if (walk.found !== null) continue;
    best = entry.rank;
    found = entry;
  }
  walk.found = found;
};
