import { NO_RANK, NODE } from './sealed.ts';
import type { PatternRecord, SegmentRecord } from './segment-records.ts';
import { type Edge, splitByTag, splitEdges, writeEdges } from './split-edges.ts';

/** A statement at one of its patterns. */
export interface Item {
  readonly word: number;
  readonly group: number;
  readonly pattern: PatternRecord;
  /** As in a record: 0 where all actions that lead here match. */
  readonly actions: number;
}

/** So many are looked through faster than they are looked up. */
const FEW = 6;

/** Writes the node for items, in order, that agree in the segments before `level`. Gives its place. */
export const buildNode = (words: number[], items: readonly Item[], level: number): number => {
  const ending = items.filter(({ pattern }) => pattern.segments.length === level);
  if (items.length <= FEW || ending.length === items.length) return writeLeaf(words, items, withoutRepeated(items));
  const bySegment = new Map<SegmentRecord, Item[]>();
  for (const item of items) {
    const record = item.pattern.segments[level];
    if (record === undefined) continue;
    const list = bySegment.get(record);
    if (list === undefined) bySegment.set(record, [item]);
    else list.push(item);
  }
  const edges = [...bySegment].map(([record, list]): Edge => ({ record, node: buildNode(words, list, level + 1) }));
  const plain = edges.filter(({ record }) => !record.demanding);
  const globs = plain.filter((edge) => !isLiteral(edge));
  const literals = splitEdges(words, plain.filter(isLiteral), beginningOf, 'both');
  const beginnings = splitEdges(
    words,
    globs.filter((edge) => !saysMoreAtItsEnd(edge)),
    beginningOf,
    'start',
  );
  const endings = splitEdges(words, globs.filter(saysMoreAtItsEnd), endOf, 'end');
  const demanding = edges.filter(({ record }) => record.demanding);
  const tags = splitByTag(words, demanding);
  const others = [...literals.others, ...beginnings.others, ...endings.others];
  const here = withoutRepeated(ending);
  const place = words.push(
    ...extentOf(items),
    ~here.length,
    literals.probe,
    beginnings.probe,
    endings.probe,
    tags.probe,
    others.length,
    demanding.length,
    tags.others.length,
  );
  writeEdges(words, others);
  writeEdges(words, [...tags.others, ...demanding.filter((edge) => !tags.others.includes(edge))]);
  writeItems(words, here);
  return place - NODE.inner;
};

const writeLeaf = (words: number[], all: readonly Item[], kept: readonly Item[]): number => {
  const place = words.push(...extentOf(all), kept.length);
  writeItems(words, kept);
  return place - NODE.leaf;
};

const writeItems = (words: number[], items: readonly Item[]): void => {
  for (const { word, pattern, actions } of items) words.push(word, pattern.place, actions);
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
  if (items.length <= 1) return items;
  const seen = new Set<string>();
  return items.filter(({ word, group, pattern, actions }) => {
    const key = `${word & 1},${group},${pattern.place},${actions}`;
    return !seen.has(key) && seen.add(key);
  });
};

const isLiteral = ({ record }: Edge): boolean => record.segment.path.form === 'literal';

const beginningOf = ({ record }: Edge): string => record.segment.path.parts[0] as string;

const endOf = ({ record }: Edge): string => record.segment.path.parts.at(-1) as string;

/** Of `flag/*-beta` the end says more: the type is what all have in common. */
const saysMoreAtItsEnd = (edge: Edge): boolean => {
  const beginning = beginningOf(edge);
  return endOf(edge).length > beginning.length - (beginning.indexOf('/') + 1);
};
