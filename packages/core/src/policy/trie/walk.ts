import { LIMITS } from '../limits.ts';
import { type ActionPattern, matchesAction } from '../statement.ts';
import { endOfTag, meets } from './demands.ts';
import { loadedName } from './loaded-name.ts';
import { nodeAt, PROBE, TAG } from './probe.ts';
import { passes } from './screen.ts';
import { type Demand, ITEM, LITERAL, NO_RANK, NODE, PATTERN, ROOTS, SEGMENT, type Sealed } from './sealed.ts';
import { END, LEVELS, SHAPE } from './shape.ts';

/**
 * The one walk that is going on. Kept outside of it because a decision allocates nothing; a walk calls nobody's code, so
 * there is never a second one.
 */
const walk = {
  sealed: null as Sealed | null,
  words: new Int32Array(0) as Int32Array,
  characters: new Uint16Array(0) as Uint16Array,
  runs: [] as readonly string[],
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

export const beginSearch = (sealed: Sealed, action: string): void => {
  walk.action = action;
  if (walk.sealed === sealed) return;
  walk.sealed = sealed;
  walk.words = sealed.words;
  walk.characters = sealed.characters;
  walk.runs = sealed.runs;
  walk.demands = sealed.demands;
  walk.actions = sealed.actions;
};

/** Sets for which statements, by rank, `searchRoots` looks. */
export const limitSearch = (from: number, to: number, denyFrom: number, denyTo: number): void => {
  walk.from = from;
  walk.allow = to;
  walk.denyFrom = denyFrom;
  walk.deny = denyTo;
};

/** Looks for the first allow and the first deny, among what the roots lead to, that match the loaded name. */
export const searchRoots = (roots: number): void => {
  const { words } = walk;
  const plain = words[roots + ROOTS.plain] as number;
  if (plain !== 0) visit(plain);
  if (!loadedName.detailed) return;
  const demanding = words[roots + ROOTS.demanding] as number;
  if (demanding !== 0) visit(demanding);
};

/** Whether anything that the roots lead to matches the loaded name; its items are allows. Disturbs no search. */
export const anyIn = (roots: number): boolean => {
  const { from, allow, denyFrom, deny } = walk;
  limitSearch(0, NO_RANK, 0, 0);
  searchRoots(roots);
  const any = walk.allow !== NO_RANK;
  limitSearch(from, allow, denyFrom, deny);
  return any;
};

const visit = (node: number): void => {
  const { words } = walk;
  if ((words[node + NODE.allow] as number) >= walk.allow && (words[node + NODE.deny] as number) >= walk.deny) return;
  // Where much is to be told apart segments are needed; among a few statements the first characters mostly do.
  if (words[node + NODE.probes] !== 0 && !loadedName.ensureSplit()) return;
  const items = node + NODE.size;
  const probes = items + ITEM.size * (words[node + NODE.items] as number);
  for (let item = items; item < probes; item += ITEM.size) {
    const word = words[item + ITEM.word] as number;
    if (!isOfInterest(word)) continue;
    const shape = words[item + ITEM.shape] as number;
    if (loadedName.split || shape === 0) {
      if (!fits(item, shape)) continue;
    } else {
      // Here and not where the rest is compared: most of a few statements end at this character.
      const mark = words[item + ITEM.mark] as number;
      if (mark !== 0 && loadedName.text.charCodeAt(mark >>> 16) !== (mark & 0xffff)) continue;
      if (!beginsAsTold(shape, words[item + ITEM.run] as number)) continue;
    }
    const actions = words[item + ITEM.actions] as number;
    if (actions === 0 || matchesAction(walk.actions[actions - 1] as ActionPattern, walk.action)) take(word);
  }
  const end = probes + (words[node + NODE.probes] as number);
  for (let probe = probes; probe < end; probe += 1) follow(words[probe] as number);
};

const fits = (item: number, shape: number): boolean => {
  const { words } = walk;
  if (!loadedName.split) return fitsText(words[item + ITEM.pattern] as number);
  if (!passes(words[item + ITEM.screen] as number)) return false;
  return shape === 0 || !loadedName.contiguous
    ? fitsName(words[item + ITEM.pattern] as number)
    : fitsAsTold(shape, words[item + ITEM.run] as number);
};

const follow = (probe: number): void => {
  const { words } = walk;
  const level = words[probe + PROBE.level] as number;
  if (level >= loadedName.count) return;
  if (words[probe + PROBE.anchor] === TAG) {
    followTags(probe, level);
    return;
  }
  const { text } = loadedName;
  const node = nodeAt(words, probe, text, loadedName.starts[level] as number, loadedName.ends[level] as number);
  if (node !== 0) visit(node);
};

const followTags = (probe: number, level: number): void => {
  const { words } = walk;
  const { text, details } = loadedName;
  if (details !== null) {
    // Tags may be unknown, and then match what asks for them: all of it is looked at.
    const table = probe + PROBE.size + (words[probe + PROBE.places] as number);
    const last = table + (words[probe + PROBE.mask] as number);
    for (let slot = table; slot <= last; slot += 1) if (words[slot] !== 0) visit(words[slot] as number);
    return;
  }
  const stop = loadedName.stops[level] as number;
  for (let start = (loadedName.ends[level] as number) + 1; start < stop; ) {
    const end = endOfTag(text, start, stop);
    const node = end === start ? 0 : nodeAt(words, probe, text, start, end);
    if (node !== 0) visit(node);
    start = end + 1;
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

/** The same as `fitsName` for a name that isn't split: it is, as far as the pattern goes. */
const fitsText = (pattern: number): boolean => {
  const { words } = walk;
  const { text, limit } = loadedName;
  const run = words[pattern + PATTERN.runLength] as number;
  if (run > limit) return false;
  if (run > 0) {
    if (text.charCodeAt(words[pattern + PATTERN.runMark] as number) !== words[pattern + PATTERN.runCode]) return false;
    if (!beginsWithRun(text, words[pattern + PATTERN.run] as number, run)) return false;
  }
  const least = words[pattern + PATTERN.least] as number;
  const levels = words[pattern + PATTERN.runLevels] as number;
  let end = words[pattern + PATTERN.runEnd] as number;
  if (levels > 0 && end < limit && text.charCodeAt(end) !== COLON) return false;
  for (let level = levels; level < least; level += 1) {
    if (level > 0 && end === limit) return false;
    const start = level === 0 ? 0 : end + 1;
    const segment = words[pattern + PATTERN.size + level] as number;
    // Mostly the run goes on into the segment after those that stand in it as a whole.
    const begun = level === levels && run > start;
    const colon = text.indexOf(':', begun ? run : start);
    end = colon < 0 ? limit : colon;
    if (!endsLike(segment, start, end) || !(begun || beginsLike(segment, start))) return false;
    const demand = words[segment + SEGMENT.demand] as number;
    if (demand !== 0 && !meets(walk.demands[demand - 1] as Demand, level, start, end, end < limit ? end : text.length))
      return false;
  }
  const most = words[pattern + PATTERN.most] as number;
  return end === limit || (most > least && colonsFrom(end) <= most - least);
};

/** The same for a pattern that its run tells all of; see `shape.ts`. */
const beginsAsTold = (shape: number, run: number): boolean => {
  const { text, limit } = loadedName;
  const length = shape >> SHAPE.length;
  if (length > limit || !beginsWithRun(text, run, length)) return false;
  let end = length;
  if ((shape & SHAPE.wildcard) !== 0) {
    const colon = text.indexOf(':', length);
    end = colon < 0 ? limit : colon;
  }
  if (end === limit) return true;
  if ((shape & SHAPE.below) === 0 || text.charCodeAt(end) !== COLON) return false;
  const least = ((shape >> SHAPE.levels) & LEVELS) + ((shape & SHAPE.wildcard) === 0 ? 0 : 1);
  return colonsFrom(end) <= LIMITS.segments - least;
};

const COLON = 0x3a;

const colonsFrom = (at: number): number => {
  let count = 0;
  for (let colon = at; colon >= 0; colon = loadedName.text.indexOf(':', colon + 1)) count += 1;
  return count;
};

/** The cheapest questions first, and from behind: what a probe finds by chance most often ends otherwise. */
const fitsName = (pattern: number): boolean => {
  const { words } = walk;
  const { count } = loadedName;
  const least = words[pattern + PATTERN.least] as number;
  if (count < least || count > (words[pattern + PATTERN.most] as number)) return false;
  const run = words[pattern + PATTERN.runLength] as number;
  const segments = pattern + PATTERN.size;
  if (run < LONG || !loadedName.contiguous) {
    for (let level = least - 1; level >= 0; level -= 1) {
      const segment = words[segments + level] as number;
      if (!endsAt(segment, level) || !beginsAt(segment, level)) return false;
    }
  } else if (!fitsByRun(pattern, least, run)) return false;
  return words[pattern + PATTERN.demands] === 0 || meetsAll(segments, least);
};

/** The same for a pattern that its run tells all of. */
const fitsAsTold = (shape: number, run: number): boolean => {
  const { count, ends } = loadedName;
  const levels = (shape >> SHAPE.levels) & LEVELS;
  if (levels > 0 && ends[levels - 1] !== ((shape >> SHAPE.end) & END)) return false;
  const least = levels + ((shape & SHAPE.wildcard) === 0 ? 0 : 1);
  if ((shape & SHAPE.below) === 0 ? count !== least : count < least) return false;
  // The rest of the run stands in the next segment: it has no separator.
  return beginsWithRun(loadedName.text, run, shape >> SHAPE.length);
};

/** Shorter ones are compared faster by a loop. */
const LONG = 8;

const fitsByRun = (pattern: number, least: number, run: number): boolean => {
  const { words } = walk;
  const { text } = loadedName;
  const segments = pattern + PATTERN.size;
  const levels = words[pattern + PATTERN.runLevels] as number;
  if (levels > 0 && loadedName.ends[levels - 1] !== words[pattern + PATTERN.runEnd]) return false;
  for (let level = least - 1; level > levels; level -= 1) {
    const segment = words[segments + level] as number;
    if (!endsAt(segment, level) || !beginsAt(segment, level)) return false;
  }
  if (levels < least) {
    const segment = words[segments + levels] as number;
    // Mostly the run goes on into it.
    const begun = run > (words[pattern + PATTERN.runEnd] as number);
    if (!endsAt(segment, levels) || !(begun || beginsAt(segment, levels))) return false;
  }
  if (text.charCodeAt(words[pattern + PATTERN.runMark] as number) !== words[pattern + PATTERN.runCode]) return false;
  return beginsWithRun(text, words[pattern + PATTERN.run] as number, run);
};

/**
 * Texts that begin with a run are those from the run on and before its successor: the comparison of whole texts is several
 * times as fast as `startsWith`, and allocates nothing.
 */
const beginsWithRun = (text: string, run: number, length: number): boolean => {
  const whole = walk.runs[run] as string;
  return length === text.length ? text === whole : text >= whole && text < (walk.runs[run + 1] as string);
};

const beginsAt = (segment: number, level: number): boolean => beginsLike(segment, loadedName.starts[level] as number);

const endsAt = (segment: number, level: number): boolean =>
  endsLike(segment, loadedName.starts[level] as number, loadedName.ends[level] as number);

const beginsLike = (segment: number, start: number): boolean =>
  holds(walk.words[segment + SEGMENT.first] as number, walk.words[segment + SEGMENT.firstLength] as number, start);

/** Whether a segment is as long as it takes and ends as is asked. */
const endsLike = (segment: number, start: number, end: number): boolean => {
  const { words } = walk;
  const length = end - start;
  const first = words[segment + SEGMENT.firstLength] as number;
  const last = words[segment + SEGMENT.lastLength] as number;
  if (last === LITERAL) return length === first;
  return length >= first + last && (last === 0 || holds(words[segment + SEGMENT.last] as number, last, end - last));
};

/** Whether the loaded text has these characters at that place. From behind: names begin alike more often than they end so. */
const holds = (characters: number, length: number, at: number): boolean => {
  const { text } = loadedName;
  const all = walk.characters;
  for (let i = length - 1; i >= 0; i -= 1) if (text.charCodeAt(at + i) !== all[characters + i]) return false;
  return true;
};

/** What the segments ask for beyond the ends of their paths, which are known to fit. */
const meetsAll = (segments: number, count: number): boolean => {
  const { words } = walk;
  for (let level = count - 1; level >= 0; level -= 1) {
    const demand = words[(words[segments + level] as number) + SEGMENT.demand] as number;
    if (demand === 0) continue;
    const start = loadedName.starts[level] as number;
    const end = loadedName.ends[level] as number;
    const stop = loadedName.detailed ? (loadedName.stops[level] as number) : end;
    if (!meets(walk.demands[demand - 1] as Demand, level, start, end, stop)) return false;
  }
  return true;
};
