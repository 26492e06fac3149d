import { current, isOfInterest, limitSearch, take } from './current-search.ts';
import { fits } from './fit-item.ts';
import { loadedName } from './loaded-name.ts';
import { foundForTag, HASH, HEAD, PROBE } from './probe.ts';
import { SCREEN } from './screen.ts';
import { ITEM, NO_RANK, NODE, ROOTS } from './sealed.ts';

// A text's own methods, looked up once: where any class extends String, as one of ioredis 6 does, engines look them up at each
// call, and a decision takes twice as long.
const { charCodeAt } = String.prototype;

// What a module itself declares engines take for the constant that it is; what is imported they look up at each use.
const { key: KEY, size: SIZE } = ITEM;
const NONE = NO_RANK;
const { probes: PROBES, leaf: LEAF, allow: ALLOW, deny: DENY, size: ITEMS } = NODE;
const { mask: MASK, table: TABLE, size: PLACES } = PROBE;
const { level: LEVEL, tag: TAG, byLength: BY_LENGTH, last: LAST, places: COUNT } = HEAD;
const { prime: PRIME, mix: MIX } = HASH;
const { level: SCREEN_LEVEL, fromEnd: FROM_END, offset: OFFSET, offsets: OFFSETS } = SCREEN;

/** Denies that may match, as items. They are compared when there is an allow that they could refuse: often there is none. */
const denies: number[] = [];

/**
 * Allows that may match and come before one that does, as items. Which of them is the first matters only where no deny
 * refuses what it allows: often one does.
 */
const earlier: number[] = [];

/** Nodes, and items by the complements of their places, that are still to be visited. */
const pending: number[] = [];

/**
 * Looks for the first allow that matches the loaded name among what two roots, either may be 0, lead to; and for the first
 * deny where there is an allow or where it `always` matters. `first`: whether it has to be the first allow even where a deny
 * is found; otherwise it is any one then.
 */
export const searchRoots = (named: number, open: number, always: boolean, first: boolean): void => {
  const { allow, deny } = current;
  let denied = 0;
  current.earlier = 0;
  if (named !== 0) denied = lookFrom(named, denied);
  if (open !== 0) denied = lookFrom(open, denied);
  if (denied > 0 && (current.allow !== allow || always)) {
    current.deny = firstOf(denies, denied, deny);
    if (current.deny !== deny && !first) return;
  }
  if (current.earlier > 0) current.allow = firstOf(earlier, current.earlier, current.allow);
};

/** The least rank of those that match, if it is below `rank`. */
const firstOf = (items: readonly number[], count: number, rank: number): number => {
  const { words } = current;
  let least = rank;
  for (let i = 0; i < count; i += 1) {
    const item = items[i] as number;
    const own = (words[item] as number) >> 1;
    if (own < least && fits(item)) least = own;
  }
  return least;
};

/** Whether anything that the roots lead to matches the loaded name; its items are allows. Disturbs no search. */
export const anyIn = (roots: number): boolean => {
  const { from, allow, denyFrom, deny } = current;
  limitSearch(0, NO_RANK, 0, 0);
  searchRoots(roots, 0, false, false);
  const any = current.allow !== NO_RANK;
  limitSearch(from, allow, denyFrom, deny);
  return any;
};

const lookFrom = (roots: number, denied: number): number => {
  const { words } = current;
  const plain = words[roots + ROOTS.plain] as number;
  const count = plain === 0 ? denied : gather(plain, denied);
  const demanding = loadedName.detailed ? (words[roots + ROOTS.demanding] as number) : 0;
  return demanding === 0 ? count : gather(demanding, count);
};

/** Takes the first allow among what a root leads to, and adds its denies to the `denied` that wait; how many wait then. */
const gather = (root: number, denied: number): number => {
  // Where much is to be told apart segments are needed; among a few statements the first characters mostly do.
  if (((current.words[root] as number) & NODE.probes) !== 0) {
    return loadedName.ensureSplit() ? descend(root, denied) : denied;
  }
  if (loadedName.plain) return lookThrough(root, denied);
  return loadedName.ensureSplit() ? lookAtAll(root, denied) : denied;
};

/** The items of a root without probes, by the one character that their run insists on. */
const lookThrough = (root: number, denied: number): number => {
  const { words, from, denyFrom, deny } = current;
  const { text } = loadedName;
  let { allow } = current;
  let count = denied;
  const first = root + LEAF;
  const end = first + SIZE * ((words[root] as number) >> 1);
  for (let item = first; item < end; item += SIZE) {
    const mark = words[item + KEY] as number;
    if (mark !== 0 && charCodeAt.call(text, mark >>> 16) !== (mark & 0xffff)) continue;
    const word = words[item] as number;
    const rank = word >> 1;
    if ((word & 1) === 0) {
      if (rank < allow && rank >= from && fits(item)) allow = rank;
    } else if (rank < deny && rank >= denyFrom) {
      denies[count] = item;
      count += 1;
    }
  }
  current.allow = allow;
  return count;
};

/** The same for a name of which that character says nothing. */
const lookAtAll = (root: number, denied: number): number => {
  const { words } = current;
  let count = denied;
  const first = root + LEAF;
  const end = first + SIZE * ((words[root] as number) >> 1);
  for (let item = first; item < end; item += SIZE) {
    const word = words[item] as number;
    if (!isOfInterest(word)) continue;
    if ((word & 1) === 0) {
      if (fits(item)) take(word);
    } else {
      denies[count] = item;
      count += 1;
    }
  }
  return count;
};

/**
 * From a root on down. All in one function, and what it needs in its own variables: of what takes a quarter of a
 * microsecond calls and looking things up would be a good part.
 */
const descend = (root: number, denied: number): number => {
  const { words, from, denyFrom, deny } = current;
  const { text, count, starts, ends } = loadedName;
  let { allow, earlier: later } = current;
  let waiting = denied;
  pending[0] = root;
  let top = 1;
  while (top > 0) {
    top -= 1;
    const node = pending[top] as number;
    let item = ~node;
    let probe = item + SIZE;
    let hasProbes = false;
    if (node > 0) {
      const counts = words[node] as number;
      hasProbes = (counts & PROBES) !== 0;
      if (hasProbes && (words[node + ALLOW] as number) >= allow && (words[node + DENY] as number) >= deny) continue;
      item = node + (hasProbes ? ITEMS : LEAF);
      probe = item + SIZE * (counts >> 1);
    }
    for (; item < probe; item += SIZE) {
      const word = words[item] as number;
      const rank = word >> 1;
      if ((word & 1) === 0 ? rank >= allow || rank < from : rank >= deny || rank < denyFrom) continue;
      const screen = words[item + KEY] as number;
      if (screen !== 0) {
        const level = screen >>> SCREEN_LEVEL;
        if (level >= count) continue;
        const begin = starts[level] as number;
        const end = ends[level] as number;
        const at = (screen & FROM_END) === 0 ? begin + ((screen >>> OFFSET) & OFFSETS) : end - 1;
        if (at < begin || at >= end || charCodeAt.call(text, at) !== (screen & 0xffff)) continue;
      }
      if ((word & 1) !== 0) {
        denies[waiting] = item;
        waiting += 1;
      } else if (allow !== NONE) {
        earlier[later] = item;
        later += 1;
      } else if (fits(item)) allow = rank;
    }
    while (hasProbes) {
      const head = words[probe] as number;
      const level = head & LEVEL;
      const places = probe + PLACES;
      const end = places + (head >> COUNT);
      if (level < count) {
        if ((head & TAG) !== 0) {
          top = followTags(probe, level, top);
        } else {
          const begin = starts[level] as number;
          const length = (ends[level] as number) - begin;
          let hash = (head & BY_LENGTH) === 0 ? 0 : length;
          for (let i = places; i < end; i += 1) {
            const place = words[i] as number;
            const at = place + (length & (place >> 31));
            hash = (Math.imul(hash, PRIME) + (at >>> 0 < length ? charCodeAt.call(text, begin + at) : 0)) | 0;
          }
          const slot = (Math.imul(hash ^ (hash >>> 15), MIX) >>> 8) & (words[probe + MASK] as number);
          const found = words[(words[probe + TABLE] as number) + slot] as number;
          // Whether anything is there is anybody's guess, also the processor's: so it isn't asked.
          pending[top] = found;
          top += (found | -found) >>> 31;
        }
      }
      if ((head & LAST) !== 0) break;
      probe = end;
    }
  }
  current.allow = allow;
  current.earlier = later;
  return waiting;
};

/** Puts the nodes that the name's tags lead to among those that are pending. */
const followTags = (probe: number, level: number, pended: number): number => {
  const { words } = current;
  const { text, details } = loadedName;
  let top = pended;
  if (details !== null) {
    // Tags may be unknown, and then match what asks for them: all of it is looked at.
    const table = words[probe + PROBE.table] as number;
    const last = table + (words[probe + PROBE.mask] as number);
    for (let slot = table; slot <= last; slot += 1) {
      if (words[slot] === 0) continue;
      pending[top] = words[slot] as number;
      top += 1;
    }
    return top;
  }
  const from = (loadedName.ends[level] as number) + 1;
  const stop = loadedName.stops[level] as number;
  const count = from < stop ? loadedName.ensureTags(from, stop) : 0;
  const { tagStarts, tagEnds } = loadedName;
  for (let i = 0; i < count; i += 1) {
    const node = foundForTag(words, probe, text, tagStarts[i] as number, tagEnds[i] as number);
    if (node !== 0) {
      pending[top] = node;
      top += 1;
    }
  }
  return top;
};
