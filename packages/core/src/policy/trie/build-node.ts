import { HEAD } from './probe.ts';
import { NO_RANK, ROOTS } from './sealed.ts';
import { SHAPE } from './shape.ts';
import { type Item, type Split, splitItems } from './split-items.ts';

/** Writes the roots for some items, in order. */
export const buildRoots = (words: number[], items: readonly Item[]): number => {
  const plain = items.filter(({ pattern }) => !pattern.demanding);
  const demanding = items.filter(({ pattern }) => pattern.demanding);
  const nodeOf = (some: readonly Item[]) => (some.length === 0 ? 0 : buildNode(words, withoutRepeated(some), ROOT));
  return words.push(nodeOf(plain), nodeOf(demanding)) - ROOTS.size;
};

interface Place {
  readonly root: boolean;
  /** Whether tags may be asked for. */
  readonly byTag: boolean;
}

const ROOT: Place = { root: true, byTag: true };

const buildNode = (words: number[], all: readonly Item[], { root, byTag }: Place): number => {
  const probes: (readonly number[])[] = [];
  let items = all;
  for (let split = splitItems(items, byTag); split !== null; split = splitItems(items, byTag)) {
    probes.push(writeProbe(words, split, byTag));
    items = split.others;
  }
  const leaf = probes.length === 0;
  const written = items.map((item) => wordsOf(words, item, root && leaf));
  const node = words.push(2 * items.length + (leaf ? 0 : 1)) - 1;
  if (!leaf) words.push(...extentOf(all));
  for (const item of written) words.push(...item);
  for (const [i, [head, ...rest]] of probes.entries()) {
    words.push((head as number) | (i === probes.length - 1 ? HEAD.last : 0));
    for (const word of rest) words.push(word);
  }
  return node;
};

const wordsOf = (words: number[], { word, pattern, actions }: Item, byMark: boolean): readonly number[] => {
  const { screen, shape, mark, place } = pattern;
  const key = byMark ? mark : screen;
  if (actions === 0) return [word, key, shape, place];
  return [word, key, shape | SHAPE.actions, words.push(place, actions) - 2];
};

/** Writes the table and what it leads to; what else there is of a probe stands in its node. */
const writeProbe = (
  words: number[],
  { level, anchor, places, size, slots }: Split,
  byTag: boolean,
): readonly number[] => {
  const place: Place = { root: false, byTag: byTag && anchor !== 'tag' };
  const table = new Array<number>(size).fill(0);
  for (const [slot, items] of slots) {
    const [first, second] = items;
    if (second !== undefined) table[slot] = buildNode(words, items, place);
    else {
      const item = wordsOf(words, first as Item, false);
      table[slot] = ~(words.push(...item) - item.length);
    }
  }
  const begin = words.length;
  for (const one of table) words.push(one);
  const tag = anchor === 'tag' ? HEAD.tag : 0;
  const byLength = anchor === 'path' || anchor === 'tag' ? HEAD.byLength : 0;
  return [level | tag | byLength | (places.length << HEAD.places), size - 1, begin, ...places];
};

const extentOf = (items: readonly Item[]): readonly [allow: number, deny: number] => {
  let [allow, deny] = [NO_RANK, NO_RANK];
  for (const { word } of items) {
    if ((word & 1) === 0) allow = Math.min(allow, word >> 1);
    else deny = Math.min(deny, word >> 1);
  }
  return [allow, deny];
};

/** Of a group's statements that say the same only the first can decide. */
const withoutRepeated = (items: readonly Item[]): readonly Item[] => {
  const seen = new Set<string>();
  return items.filter(({ word, group, pattern, actions }) => {
    const key = `${word & 1},${group},${pattern.id},${actions}`;
    return !seen.has(key) && seen.add(key);
  });
};
