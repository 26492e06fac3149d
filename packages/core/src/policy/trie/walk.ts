import { type Glob, matchesMiddle } from '../glob.ts';
import { matchesProperties, matchesTags, type SegmentPattern } from '../pattern.ts';
import type { NameSegment } from '../request.ts';
import { type ActionPattern, matchesAction } from '../statement.ts';
import { loadedName } from './loaded-name.ts';
import { bucketAt } from './probe.ts';
import { type Demand, EDGE, ITEM, LITERAL, NO_RANK, NODE, PATTERN, SEGMENT, type Sealed } from './sealed.ts';

/**
 * The one walk that is going on. Kept outside of it because a decision allocates nothing; a walk calls nobody's code, so
 * there is never a second one.
 */
const walk = {
  words: new Int32Array(0) as Int32Array,
  characters: new Uint16Array(0) as Uint16Array,
  demands: [] as readonly Demand[],
  actions: [] as readonly ActionPattern[],
  action: '',
  /** Allows before this one are passed over. */
  from: 0,
  /** The first allow that was found; only those before it are still of interest. */
  allow: NO_RANK,
  denyFrom: 0,
  deny: NO_RANK,
};

/** What `search` found: ranks, or where the ranks that it was asked for end. */
export const found: { readonly allow: number; readonly deny: number } = walk;

export const beginSearch = ({ words, characters, demands, actions }: Sealed, action: string): void => {
  walk.words = words;
  walk.characters = characters;
  walk.demands = demands;
  walk.actions = actions;
  walk.action = action;
};

/** Sets for which statements, by rank, `searchNode` looks. */
export const limitSearch = (from: number, to: number, denyFrom: number, denyTo: number): void => {
  walk.from = from;
  walk.allow = to;
  walk.denyFrom = denyFrom;
  walk.deny = denyTo;
};

/** Looks for the first allow and the first deny, among what the node leads to, that match the loaded name. */
export const searchNode = (node: number): void => visit(node, 0);

/** Whether anything that the node leads to matches the loaded name; its items are allows. Disturbs no search. */
export const anyIn = (node: number): boolean => {
  const { from, allow, denyFrom, deny } = walk;
  limitSearch(0, NO_RANK, 0, 0);
  visit(node, 0);
  const any = walk.allow !== NO_RANK;
  limitSearch(from, allow, denyFrom, deny);
  return any;
};

const visit = (node: number, level: number): void => {
  const { words } = walk;
  if ((words[node + NODE.allow] as number) >= walk.allow && (words[node + NODE.deny] as number) >= walk.deny) return;
  const items = words[node + NODE.items] as number;
  if (items >= 0) {
    visitItems(node + NODE.leaf, items, level);
    return;
  }
  const plain = node + NODE.inner;
  const demanding = plain + EDGE.size * (words[node + NODE.plain] as number);
  const end = demanding + EDGE.size * (words[node + NODE.demanding] as number);
  visitItems(end, ~items, level);
  if (level === loadedName.count) return;
  follow(plain, demanding, level);
  const start = loadedName.starts[level] as number;
  const stop = loadedName.ends[level] as number;
  followProbe(words[node + NODE.literals] as number, start, stop, level);
  followProbe(words[node + NODE.beginnings] as number, start, stop, level);
  followProbe(words[node + NODE.endings] as number, start, stop, level);
  if (loadedName.tagged && demanding < end) followDemanding(node, demanding, end, level);
};

const follow = (from: number, end: number, level: number): void => {
  const { words } = walk;
  for (let edge = from; edge < end; edge += EDGE.size) {
    if (fits(words[edge + EDGE.segment] as number, level)) visit(words[edge + EDGE.node] as number, level + 1);
  }
};

const followProbe = (probe: number, start: number, end: number, level: number): void => {
  if (probe === 0) return;
  const { words } = walk;
  const bucket = bucketAt(words, probe, start, end);
  if (bucket !== 0) follow(bucket + 1, bucket + 1 + EDGE.size * (words[bucket] as number), level);
};

const followDemanding = (node: number, from: number, end: number, level: number): void => {
  const { words } = walk;
  if (loadedName.details !== null) {
    follow(from, end, level);
    return;
  }
  // A segment without any tags has known ones, none: not what is asked for.
  const last = loadedName.firstTags[level + 1] as number;
  const first = loadedName.firstTags[level] as number;
  if (first === last) return;
  follow(from, from + EDGE.size * (words[node + NODE.untagged] as number), level);
  for (let i = first; i < last; i += 1) {
    followProbe(
      words[node + NODE.tags] as number,
      loadedName.tagStarts[i] as number,
      loadedName.tagEnds[i] as number,
      level,
    );
  }
};

const visitItems = (from: number, count: number, level: number): void => {
  const { words } = walk;
  const end = from + ITEM.size * count;
  for (let item = from; item < end; item += ITEM.size) {
    const word = words[item + ITEM.word] as number;
    if (!isOfInterest(word)) continue;
    if (!fitsFrom(words[item + ITEM.pattern] as number, level)) continue;
    const actions = words[item + ITEM.actions] as number;
    if (actions !== 0 && !matchesAction(walk.actions[actions - 1] as ActionPattern, walk.action)) continue;
    take(word);
  }
};

/** Whether a statement, by its word, is one that is looked for and before what was found so far. */
export const isOfInterest = (word: number): boolean => {
  const rank = word >> 1;
  return (word & 1) === 0 ? rank < walk.allow && rank >= walk.from : rank < walk.deny && rank >= walk.denyFrom;
};

export const take = (word: number): void => {
  if ((word & 1) === 0) walk.allow = word >> 1;
  else walk.deny = word >> 1;
};

const fitsFrom = (pattern: number, from: number): boolean => {
  const { words } = walk;
  const { count } = loadedName;
  const least = words[pattern + PATTERN.least] as number;
  if (count < least || count > (words[pattern + PATTERN.most] as number)) return false;
  for (let level = from; level < least; level += 1) {
    if (!fits(words[pattern + PATTERN.segments + level] as number, level)) return false;
  }
  return true;
};

const fits = (segment: number, level: number): boolean => {
  const { words } = walk;
  const start = loadedName.starts[level] as number;
  const end = loadedName.ends[level] as number;
  const firstLength = words[segment + SEGMENT.firstLength] as number;
  const lastLength = words[segment + SEGMENT.lastLength] as number;
  if (lastLength === LITERAL ? end - start !== firstLength : end - start < firstLength + lastLength) return false;
  if (!holds(words[segment + SEGMENT.first] as number, firstLength, start)) return false;
  if (lastLength > 0 && !holds(words[segment + SEGMENT.last] as number, lastLength, end - lastLength)) return false;
  const demand = words[segment + SEGMENT.demand] as number;
  return demand === 0 || meets(walk.demands[demand - 1] as Demand, level);
};

/** Whether the loaded text has these characters at that place. From behind: names begin alike more often than they end so. */
const holds = (characters: number, length: number, at: number): boolean => {
  const { text } = loadedName;
  const all = walk.characters;
  for (let i = length - 1; i >= 0; i -= 1) if (text.charCodeAt(at + i) !== all[characters + i]) return false;
  return true;
};

/** The ends of the path are known to fit. */
const meets = ({ segment, may }: Demand, level: number): boolean => {
  const { path, tags, properties } = segment;
  if (path.form === 'many') {
    const from = (loadedName.starts[level] as number) + (path.parts[0] as string).length;
    const to = (loadedName.ends[level] as number) - (path.parts[path.parts.length - 1] as string).length;
    if (!matchesMiddle(path, loadedName.text, from, to)) return false;
  }
  if (loadedName.details === null) return properties.length === 0 && (tags.length === 0 || hasTags(segment, level));
  const details = loadedName.details[level] as NameSegment;
  const reading = may ? 'may' : 'must';
  return (
    (tags.length === 0 || matchesTags(segment, details.tags, reading)) &&
    (properties.length === 0 || matchesProperties(segment, details.properties, reading))
  );
};

/** Whether the tags that stand in the text are what is asked for. */
const hasTags = ({ tags, anyTag }: SegmentPattern, level: number): boolean => {
  if (!loadedName.tagged) return false;
  for (const tag of tags) if (hasTag(tag, level) === anyTag) return anyTag;
  return !anyTag;
};

const hasTag = (tag: Glob, level: number): boolean => {
  const last = loadedName.firstTags[level + 1] as number;
  for (let i = loadedName.firstTags[level] as number; i < last; i += 1) {
    if (matchesPart(tag, loadedName.tagStarts[i] as number, loadedName.tagEnds[i] as number)) return true;
  }
  return false;
};

/** Whether a glob matches the loaded text from `start` to `end`. */
const matchesPart = (glob: Glob, start: number, end: number): boolean => {
  const { parts, form, length } = glob;
  if (form === 'literal' ? end - start !== length : end - start < length) return false;
  const { text } = loadedName;
  const first = parts[0] as string;
  if (!text.startsWith(first, start)) return false;
  if (form === 'literal') return true;
  const last = parts[parts.length - 1] as string;
  return text.startsWith(last, end - last.length) && matchesMiddle(glob, text, start + first.length, end - last.length);
};
