import type { Glob } from '../glob.ts';
import type { SegmentPattern } from '../pattern.ts';
import { hashOf, hashOfEnds, placeOf } from './text-hash.ts';
import type { Details, Edge, Entries, Entry, Shape, Table, Tagged, TrieNode, Variant } from './trie.ts';

/** A node while statements are still being added. */
export interface Draft {
  readonly below: Entry[];
  readonly exact: Entry[];
  readonly edges: Map<string, DraftEdge>;
}

export interface DraftEdge {
  readonly glob: Glob;
  plain: Draft | null;
  readonly variants: Map<string, { readonly segment: SegmentPattern; readonly draft: Draft }>;
}

/** The node as it is walked. Not deeper than a name has segments. */
export const seal = ({ below, exact, edges }: Draft): TrieNode => {
  const sealed: Edge[] = [];
  for (const { glob, plain, variants } of edges.values()) {
    const all = [...variants.values()].map(({ segment, draft }) => ({ segment, node: seal(draft) }));
    const node = plain === null ? null : seal(plain);
    sealed.push({ glob, hash: hashOfGlob(glob), plain: node, details: all.length === 0 ? null : detailsOf(all) });
  }
  const literals = sealed.filter(({ glob }) => glob.form === 'literal');
  const shapes = shapesOf(sealed.filter(({ glob }) => glob.form !== 'literal' && glob.form !== 'any'));
  return {
    ...extentOf([
      ...[...below, ...exact].map(({ mask, rank }) => ({ mask, least: rank, most: rank })),
      ...sealed.flatMap(nodesOf),
    ]),
    below: below.length === 0 ? null : entriesOf(below),
    exact: exact.length === 0 ? null : entriesOf(exact),
    any: sealed.find(({ glob }) => glob.form === 'any') ?? null,
    literals: literals.length === 0 ? null : tableOf(literals),
    shapes: shapes.length === 0 ? null : shapes,
  };
};

const nodesOf = ({ plain, details }: Edge): readonly TrieNode[] => [
  ...(plain === null ? [] : [plain]),
  ...(details === null ? [] : details.all.map(({ node }) => node)),
];

const extentOf = (parts: readonly Pick<TrieNode, 'mask' | 'least' | 'most'>[]) => {
  const extent = { mask: 0, least: Number.MAX_SAFE_INTEGER, most: -1 };
  for (const { mask, least, most } of parts) {
    extent.mask |= mask;
    extent.least = Math.min(extent.least, least);
    extent.most = Math.max(extent.most, most);
  }
  return extent;
};

const hashOfGlob = ({ parts, form }: Glob): number => {
  const first = hashOf(parts[0] as string);
  return form === 'literal' ? first : hashOfEnds(first, hashOf(parts[parts.length - 1] as string));
};

/** So many are looked through faster than they are looked up. */
const FEW = 4;

/** More names than this for each entry, and a table by action would grow faster than the text that it was made from. */
const NAMES_OF_ENTRY = 16;

const entriesOf = (all: readonly Entry[]): Entries => {
  const named = all.filter(({ mask }) => mask >= 0);
  const names = named.reduce((sum, { statement }) => sum + statement.actions.names.size, 0);
  if (all.length <= FEW || names > NAMES_OF_ENTRY * all.length) return { all, byAction: null, open: all };
  const byAction = new Map<string, Entry>();
  for (const entry of named) {
    for (const name of entry.statement.actions.names) if (!byAction.has(name)) byAction.set(name, entry);
  }
  return { all, byAction, open: all.filter(({ mask }) => mask < 0) };
};

const detailsOf = (all: readonly Variant[]): Details => {
  if (all.length <= FEW) return { all, byTag: null, others: all };
  const byTag = new Map<string, Variant[]>();
  const others: Variant[] = [];
  for (const variant of all) {
    const { tags, anyTag } = variant.segment;
    const literals = tags.flatMap((tag) => (tag.form === 'literal' ? [tag.parts[0] as string] : []));
    const keys = anyTag && literals.length < tags.length ? [] : anyTag ? literals : literals.slice(0, 1);
    if (keys.length === 0) others.push(variant);
    for (const key of new Set(keys)) {
      const list = byTag.get(key);
      if (list === undefined) byTag.set(key, [variant]);
      else list.push(variant);
    }
  }
  const tagged = [...byTag].map(([tag, variants]): Tagged => ({ tag, hash: hashOf(tag), variants }));
  return { all, byTag: tableOf(tagged), others };
};

const tableOf = <T extends { readonly hash: number }>(entries: readonly T[]): Table<T> => {
  let shift = 31;
  while (2 ** (32 - shift) < 2 * entries.length) shift -= 1;
  const places = new Array<T | null>(2 ** (32 - shift)).fill(null);
  for (const entry of entries) {
    let place = placeOf(entry.hash, shift);
    while (places[place] !== null) place = (place + 1) & (places.length - 1);
    places[place] = entry;
  }
  return { places, shift };
};

const shapesOf = (edges: readonly Edge[]): readonly Shape[] => {
  const shapes = new Map<string, { beginning: number; end: number; edges: Edge[] }>();
  for (const edge of edges) {
    const { parts } = edge.glob;
    const [beginning, end] = [(parts[0] as string).length, (parts[parts.length - 1] as string).length];
    const key = `${beginning} ${end}`;
    const shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, { beginning, end, edges: [edge] });
    else shape.edges.push(edge);
  }
  return [...shapes.values()].map(({ beginning, end, edges }) => ({
    ...extentOf(edges.flatMap(nodesOf)),
    beginning,
    end,
    table: tableOf(edges),
  }));
};
