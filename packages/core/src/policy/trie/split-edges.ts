import { PROBE, type ProbePlan, planProbe, slotOfText } from './probe.ts';
import type { SegmentRecord } from './segment-records.ts';

/** From a node to where a segment leads. */
export interface Edge {
  readonly record: SegmentRecord;
  readonly node: number;
}

/** Edges to be found by a probe (0: none), and those to be tried one by one. */
export interface SplitEdges {
  readonly probe: number;
  readonly others: readonly Edge[];
}

/** So many are tried faster than they are looked up. */
const FEW = 3;
/** Short beginnings tell little about a text: so many are left out of a table to have a better one. */
const LEFT_OUT = 8;

export const splitEdges = (
  words: number[],
  edges: readonly Edge[],
  textOf: (edge: Edge) => string,
  anchor: 'start' | 'end' | 'both',
): SplitEdges => {
  if (edges.length <= FEW) return { probe: 0, others: edges };
  const keyed = edges.map((edge) => ({ text: textOf(edge), edge }));
  if (anchor === 'both') return { probe: writeProbe(words, keyed, planOf(keyed, anchor)), others: [] };
  keyed.sort((a, b) => a.text.length - b.text.length);
  let best: { readonly from: number; readonly plan: ProbePlan } | null = null;
  let cost = keyed.length;
  const empty = keyed.filter(({ text }) => text === '').length;
  for (let from = empty; from <= empty + LEFT_OUT && from < keyed.length; from += 1) {
    // Of one length all or none: the shortest says how far may be looked.
    if (from > empty && keyed[from]?.text.length === keyed[from - 1]?.text.length) continue;
    const plan = planOf(keyed.slice(from), anchor);
    if (from + plan.found >= cost) continue;
    best = { from, plan };
    cost = from + plan.found;
  }
  if (best === null) return { probe: 0, others: edges };
  return {
    probe: writeProbe(words, keyed.slice(best.from), best.plan),
    others: keyed.slice(0, best.from).map(({ edge }) => edge),
  };
};

/** Those that can be found by a tag without wildcards that a name must have. */
export const splitByTag = (words: number[], edges: readonly Edge[]): SplitEdges => {
  if (edges.length <= FEW) return { probe: 0, others: edges };
  const keyed: KeyedEdge[] = [];
  const others: Edge[] = [];
  for (const edge of edges) {
    const { tags, anyTag } = edge.record.segment;
    const literals = tags.flatMap((tag) => (tag.form === 'literal' ? [tag.parts[0] as string] : []));
    // Where any tag is enough each must lead there, where all are needed one does.
    const texts = anyTag ? (literals.length < tags.length ? [] : literals) : literals.slice(0, 1);
    if (texts.length === 0) others.push(edge);
    for (const text of new Set(texts)) keyed.push({ text, edge });
  }
  return { probe: keyed.length === 0 ? 0 : writeProbe(words, keyed, planOf(keyed, 'both')), others };
};

interface KeyedEdge {
  readonly text: string;
  readonly edge: Edge;
}

const planOf = (keyed: readonly KeyedEdge[], anchor: 'start' | 'end' | 'both'): ProbePlan =>
  planProbe([...new Set(keyed.map(({ text }) => text))], anchor);

const writeProbe = (words: number[], keyed: readonly KeyedEdge[], plan: ProbePlan): number => {
  let size = 2;
  while (size < 2 * keyed.length) size *= 2;
  const buckets = new Map<number, Edge[]>();
  for (const { text, edge } of keyed) {
    const slot = slotOfText(text, plan, size - 1);
    const bucket = buckets.get(slot);
    if (bucket === undefined) buckets.set(slot, [edge]);
    else if (!bucket.includes(edge)) bucket.push(edge);
  }
  const table = new Array<number>(size).fill(0);
  for (const [slot, bucket] of buckets) {
    table[slot] = words.push(bucket.length) - 1;
    writeEdges(words, bucket);
  }
  const { places, byLength } = plan;
  const place = words.push(places.length, byLength ? 1 : 0, size - 1) - PROBE.size;
  for (const one of places) words.push(one);
  for (const one of table) words.push(one);
  return place;
};

export const writeEdges = (words: number[], edges: readonly Edge[]): void => {
  for (const { record, node } of edges) words.push(record.place, node);
};
