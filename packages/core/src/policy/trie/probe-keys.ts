import type { Pattern, SegmentPattern } from '../pattern.ts';
import { ANCHORS, type Anchor } from './probe.ts';

/** A way to find a pattern: any of the texts at an anchor of a segment. */
export interface ProbeKey {
  /** The segment and the anchor as one number. */
  readonly kind: number;
  readonly texts: readonly string[];
}

export const levelOf = (kind: number): number => Math.floor(kind / ANCHORS.length);

export const anchorOf = (kind: number): Anchor => ANCHORS[kind % ANCHORS.length] as Anchor;

export const probeKeysOf = ({ segments }: Pattern): readonly ProbeKey[] =>
  segments.flatMap((segment, level) =>
    textsOf(segment).map(([anchor, texts]) => ({ kind: level * ANCHORS.length + ANCHORS.indexOf(anchor), texts })),
  );

const textsOf = ({ path, tags, anyTag }: SegmentPattern): readonly (readonly [Anchor, readonly string[]])[] => {
  const { parts, form } = path;
  const first = parts[0] as string;
  const last = parts[parts.length - 1] as string;
  const all: [Anchor, readonly string[]][] = [];
  if (form === 'literal') all.push(['path', [first]]);
  else {
    if (first !== '') all.push(['start', [first]]);
    if (last !== '') all.push(['end', [last]]);
  }
  const literals = tags.flatMap((tag) => (tag.form === 'literal' ? [tag.parts[0] as string] : []));
  // Where any tag is enough each must lead there, where all are needed one does.
  const keys = anyTag ? (literals.length < tags.length ? [] : [...new Set(literals)]) : literals.slice(0, 1);
  if (keys.length > 0) all.push(['tag', keys]);
  return all;
};
