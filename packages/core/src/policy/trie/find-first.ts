import { type Glob, matchesMiddle } from '../glob.ts';
import { matchesProperties, matchesTags, type Reading, type SegmentPattern } from '../pattern.ts';
import type { NameSegment } from '../request.ts';
import { matchesAction } from '../statement.ts';
import { loadedName } from './loaded-name.ts';
import { hashOf, hashOfEnds, lengthsOf, placeOf } from './text-hash.ts';
import {
  type Details,
  type Edge,
  type Entries,
  type Entry,
  type Globs,
  type Table,
  type Tagged,
  type Trie,
  type TrieNode,
  UNNAMED,
} from './trie.ts';

/**
 * The one walk that is going on. Kept outside of it because a decision allocates nothing but its answer; a walk calls
 * nobody's code, so there is never a second one.
 */
const walk = {
  action: '',
  bit: 0,
  sharp: false,
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
  walk.sharp = trie.sharp;
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
  if (node.below !== null) take(node.below, node.belowByAction);
  if (level === loadedName.count) {
    if (node.exact !== null) take(node.exact, node.exactByAction);
    return;
  }
  if (node.literals !== null) followLiteral(node.literals, level);
  if (node.any !== null) follow(node.any, level);
  if (node.globs !== null) followGlobs(node.globs, level);
};

const followLiteral = ({ hashes, entries }: Table<Edge>, level: number): void => {
  const start = loadedName.starts[level] as number;
  const end = loadedName.ends[level] as number;
  const hash = loadedName.hash(start, end) || 1;
  let place = placeOf(hash, hashes.length);
  for (let found = hashes[place]; found !== 0; found = hashes[place]) {
    if (found === hash) {
      const edge = entries[place] as Edge;
      if (edge.first.length === end - start && holds(edge.first, start)) {
        follow(edge, level);
        return;
      }
    }
    place = (place + 1) & (hashes.length - 1);
  }
};

const followGlobs = ({ shapes, table }: Globs, level: number): void => {
  const { hashes, entries } = table;
  const start = loadedName.starts[level] as number;
  const end = loadedName.ends[level] as number;
  for (let i = 0; i < shapes.length; i += 4) {
    const beginning = shapes[i] as number;
    const ending = shapes[i + 1] as number;
    if (end - start < beginning + ending) continue;
    if (((shapes[i + 2] as number) & walk.bit) === 0 || (shapes[i + 3] as number) >= walk.best) continue;
    const first = start + beginning;
    const last = end - ending;
    const lengths = lengthsOf(beginning, ending);
    const hash = hashOfEnds(loadedName.hash(start, first), loadedName.hash(last, end), lengths);
    let place = placeOf(hash, hashes.length);
    // Globs that differ between their ends alone have one hash: all of them are tried.
    for (let found = hashes[place]; found !== 0; found = hashes[place]) {
      if (found === hash) {
        const edge = entries[place] as Edge;
        if (
          edge.first.length === beginning &&
          edge.last.length === ending &&
          holds(edge.first, start) &&
          holds(edge.last, last) &&
          (edge.glob.form !== 'many' || matchesMiddle(edge.glob, loadedName.text, first, last))
        ) {
          follow(edge, level);
        }
      }
      place = (place + 1) & (hashes.length - 1);
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
  if (details === null) return;
  if (loadedName.details !== null) followDetails(details, loadedName.details[level] as NameSegment, level);
  // A segment without any details has known ones, none: no tag or property that is asked for.
  else if (loadedName.firstTags[level] !== loadedName.firstTags[level + 1]) followTags(details, level);
};

/** For tags that stand in the text; there are no properties. */
const followTags = ({ byTag, others }: Details, level: number): void => {
  for (const variant of others) if (matchesTagsOfText(variant.segment, level)) visit(variant.node, level + 1);
  if (byTag === null) return;
  const last = loadedName.firstTags[level + 1] as number;
  for (let i = loadedName.firstTags[level] as number; i < last; i += 1) {
    const start = loadedName.tagStarts[i] as number;
    const end = loadedName.tagEnds[i] as number;
    const tagged = findTag(byTag, loadedName.hash(start, end), loadedName.text, start, end);
    if (tagged === null) continue;
    for (const variant of tagged.variants) {
      if (matchesTagsOfText(variant.segment, level)) visit(variant.node, level + 1);
    }
  }
};

const matchesTagsOfText = ({ tags, anyTag, properties }: SegmentPattern, level: number): boolean => {
  if (properties.length > 0) return false;
  for (const tag of tags) if (hasTag(tag, level) === anyTag) return anyTag;
  return !anyTag;
};

const hasTag = (tag: Glob, level: number): boolean => {
  const last = loadedName.firstTags[level + 1] as number;
  for (let i = loadedName.firstTags[level] as number; i < last; i += 1) {
    if (fits(tag, loadedName.tagStarts[i] as number, loadedName.tagEnds[i] as number)) return true;
  }
  return false;
};

/** Whether a glob matches the loaded text from `start` to `end`. */
const fits = (glob: Glob, start: number, end: number): boolean => {
  const { parts, form, length } = glob;
  if (form === 'literal' ? end - start !== length : end - start < length) return false;
  const first = parts[0] as string;
  if (!holds(first, start)) return false;
  if (form === 'literal') return true;
  const last = parts[parts.length - 1] as string;
  return (
    holds(last, end - last.length) && matchesMiddle(glob, loadedName.text, start + first.length, end - last.length)
  );
};

const findTag = ({ hashes, entries }: Table<Tagged>, ofTag: number, text: string, start: number, end: number) => {
  const hash = ofTag || 1;
  let place = placeOf(hash, hashes.length);
  for (let found = hashes[place]; found !== 0; found = hashes[place]) {
    if (found === hash) {
      const tagged = entries[place] as Tagged;
      if (tagged.tag.length === end - start && text.startsWith(tagged.tag, start)) return tagged;
    }
    place = (place + 1) & (hashes.length - 1);
  }
  return null;
};

const followDetails = ({ all, byTag, others }: Details, segment: NameSegment, level: number): void => {
  const { tags } = segment;
  followVariants(byTag === null || tags === null ? all : others, segment, level);
  if (byTag === null || tags === null) return;
  for (const tag of tags) {
    const tagged = findTag(byTag, hashOf(tag), tag, 0, tag.length);
    if (tagged !== null) followVariants(tagged.variants, segment, level);
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

const take = (all: readonly Entry[], index: Entries | null): void => {
  let entries = all;
  if (index !== null && walk.floor === 0) {
    const named = index.byAction.get(walk.action);
    if (named !== undefined) keep(named);
    entries = index.open;
  }
  for (let i = 0; i < entries.length; i += 1) {
    const entry = entries[i] as Entry;
    if (entry.rank >= walk.best) return;
    if (matchesEntry(entry)) keep(entry);
  }
};

const matchesEntry = ({ rank, mask, always, named, statement }: Entry): boolean =>
  rank >= walk.floor &&
  (mask & walk.bit) !== 0 &&
  (always || (named && walk.sharp) || matchesAction(statement.actions, walk.action));

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
