import type { Glob } from '../glob.ts';
import { LIMITS } from '../limits.ts';
import type { Pattern, SegmentPattern } from '../pattern.ts';
import type { CompiledStatement } from '../statement.ts';
import { type Draft, type DraftEdge, seal } from './seal.ts';
import { type Entry, type Excluding, type Trie, UNNAMED } from './trie.ts';

/** The trie of some groups' statements of one effect, in order. Linear in their text, in time and in memory. */
export const buildTrie = (groups: readonly (readonly CompiledStatement[])[]): Trie => {
  const bits = new Map<string, number>();
  const root = newDraft();
  const excluding: Excluding[] = [];
  let rank = 0;
  groups.forEach((statements, group) => {
    for (const statement of statements) {
      const entry = entryOf(statement, { rank, group }, bits);
      rank += 1;
      const into = statement.negated ? newDraft() : root;
      for (const pattern of statement.patterns) add(into, pattern, entry);
      if (statement.negated) excluding.push({ entry, root: seal(into) });
    }
  });
  return { bits, sharp: bits.size <= NAMED_BITS, root: seal(root), excluding };
};

const NAMED_BITS = 31;

const newDraft = (): Draft => ({ below: [], exact: [], edges: new Map() });

const entryOf = (
  statement: CompiledStatement,
  place: { readonly rank: number; readonly group: number },
  bits: Map<string, number>,
): Entry => {
  const { any, names, globs, negated } = statement.actions;
  let mask = 0;
  for (const name of names) {
    let bit = bits.get(name);
    if (bit === undefined) {
      bit = 1 << (bits.size % NAMED_BITS);
      bits.set(name, bit);
    }
    mask |= bit;
  }
  // All bits, the one for unnamed actions too: what is exactly matched is found out at the end.
  const named = !any && !negated && globs.length === 0;
  if (!named) mask = UNNAMED | ~UNNAMED;
  return { statement, ...place, mask, always: any && !negated, named };
};

const add = (root: Draft, pattern: Pattern, entry: Entry): void => {
  // A host may have such patterns; no request has as many segments.
  if (pattern.segments.length > LIMITS.segments) return;
  let node = root;
  for (const segment of pattern.segments) node = nextOf(edgeOf(node, segment.path), segment);
  const entries = pattern.below ? node.below : node.exact;
  if (entries.at(-1) !== entry) entries.push(entry);
};

const edgeOf = ({ edges }: Draft, glob: Glob): DraftEdge => {
  const key = keyOf(glob);
  let edge = edges.get(key);
  if (edge === undefined) {
    edge = { glob, plain: null, variants: new Map() };
    edges.set(key, edge);
  }
  return edge;
};

const nextOf = (edge: DraftEdge, segment: SegmentPattern): Draft => {
  const { tags, anyTag, properties } = segment;
  if (tags.length === 0 && properties.length === 0) {
    edge.plain ??= newDraft();
    return edge.plain;
  }
  const key = JSON.stringify([anyTag, tags.map(keyOf), properties]);
  let variant = edge.variants.get(key);
  if (variant === undefined) {
    variant = { segment, draft: newDraft() };
    edge.variants.set(key, variant);
  }
  return variant.draft;
};

/** The lengths keep apart a wildcard and a `*` that is only a character. */
const keyOf = ({ parts }: Glob): string =>
  parts.length === 1 ? `=${parts[0]}` : `${parts.map((part) => part.length).join()}=${parts.join('*')}`;
