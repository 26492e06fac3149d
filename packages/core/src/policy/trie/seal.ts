import type { Glob } from '../glob.ts';
import type { SegmentPattern } from '../pattern.ts';
import { hashOf, hashOfEnds, lengthsOf, placeOf } from './text-hash.ts';
import type { Details, Edge, Entries, Entry, Table, Tagged, TrieNode, Variant } from './trie.ts';

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
    const { parts } = glob;
    const [first, last] = [parts[0] as string, parts[parts.length - 1] as string];
    const details = all.length === 0 ? null : detailsOf(all);
    sealed.push({ hash: hashOfGlob(glob), first, last, glob, plain: node, details });
  }
  const literals = sealed.filter(({ glob }) => glob.form === 'literal');
  const globs = sealed.filter(({ glob }) => glob.form !== 'literal' && glob.form !== 'any');
  return {
    ...extentOf([
      ...[...below, ...exact].map(({ mask, rank }) => ({ mask, least: rank, most: rank })),
      ...sealed.flatMap(nodesOf),
    ]),
    below: below.length === 0 ? null : below,
    exact: exact.length === 0 ? null : exact,
    belowByAction: entriesOf(below),
    exactByAction: entriesOf(exact),
    any: sealed.find(({ glob }) => glob.form === 'any') ?? null,
    literals: literals.length === 0 ? null : tableOf(literals),
    globs: globs.length === 0 ? null : { shapes: shapesOf(globs), table: tableOf(globs) },
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
  const first = parts[0] as string;
  if (form === 'literal') return hashOf(first);
  const last = parts[parts.length - 1] as string;
  return hashOfEnds(hashOf(first), hashOf(last), lengthsOf(first.length, last.length));
};

/** So many are looked through faster than they are looked up. */
const FEW = 4;

/** More names than this for each entry, and a table by action would grow faster than the text that it was made from. */
const NAMES_OF_ENTRY = 16;

const entriesOf = (all: readonly Entry[]): Entries | null => {
  const named = all.filter((entry) => entry.named);
  const names = named.reduce((sum, { statement }) => sum + statement.actions.names.size, 0);
  if (all.length <= FEW || names > NAMES_OF_ENTRY * all.length) return null;
  const byAction = new Map<string, Entry>();
  for (const entry of named) {
    for (const name of entry.statement.actions.names) if (!byAction.has(name)) byAction.set(name, entry);
  }
  return { byAction, open: all.filter((entry) => !entry.named) };
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

const tableOf = <T extends { readonly hash: number }>(listed: readonly T[]): Table<T> => {
  let size = 2;
  while (size < 2 * listed.length) size *= 2;
  const hashes = new Array<number>(size).fill(0);
  const entries = new Array<T | null>(size).fill(null);
  for (const entry of listed) {
    const hash = entry.hash || 1;
    let place = placeOf(hash, size);
    while (hashes[place] !== 0) place = (place + 1) & (size - 1);
    hashes[place] = hash;
    entries[place] = entry;
  }
  return { hashes, entries };
};

const shapesOf = (edges: readonly Edge[]): readonly number[] => {
  const shapes = new Map<number, Edge[]>();
  for (const edge of edges) {
    const key = lengthsOf(edge.first.length, edge.last.length);
    const shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, [edge]);
    else shape.push(edge);
  }
  return [...shapes.values()].flatMap((alike) => {
    const { first, last } = alike[0] as Edge;
    const { mask, least } = extentOf(alike.flatMap(nodesOf));
    return [first.length, last.length, mask, least];
  });
};
