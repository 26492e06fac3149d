import { ANCHORS, PROBE } from './probe.ts';
import { NO_RANK, NODE, ROOTS } from './sealed.ts';
import { type Item, type Split, splitItems } from './split-items.ts';

/** Writes the roots for some items, in order. */
export const buildRoots = (words: number[], items: readonly Item[]): number => {
  const plain = items.filter(({ pattern }) => !pattern.demanding);
  const demanding = items.filter(({ pattern }) => pattern.demanding);
  const nodeOf = (some: readonly Item[]) => (some.length === 0 ? 0 : buildNode(words, withoutRepeated(some)));
  return words.push(nodeOf(plain), nodeOf(demanding)) - ROOTS.size;
};

const buildNode = (words: number[], all: readonly Item[], byTag = true): number => {
  const probes: number[] = [];
  let items = all;
  for (let split = splitItems(items, byTag); split !== null; split = splitItems(items, byTag)) {
    probes.push(writeProbe(words, split, byTag));
    items = split.others;
  }
  const [allow, deny] = extentOf(all);
  const place = words.push(allow, deny, items.length, probes.length) - NODE.size;
  for (const { word, pattern, actions } of items) {
    const { screen, shape, run, mark, place: record } = pattern;
    words.push(word, screen, shape, run, mark, record, actions);
  }
  for (const probe of probes) words.push(probe);
  return place;
};

const writeProbe = (words: number[], { level, anchor, places, size, slots }: Split, byTag: boolean): number => {
  const table = new Array<number>(size).fill(0);
  for (const [slot, items] of slots) table[slot] = buildNode(words, items, byTag && anchor !== 'tag');
  const place = words.push(level, ANCHORS.indexOf(anchor), places.length, size - 1) - PROBE.size;
  for (const one of places) words.push(one);
  for (const one of table) words.push(one);
  return place;
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
    const key = `${word & 1},${group},${pattern.place},${actions}`;
    return !seen.has(key) && seen.add(key);
  });
};
