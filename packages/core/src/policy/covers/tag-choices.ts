import { ANY, type Glob } from '../glob.ts';
import type { SegmentPattern } from '../pattern.ts';
import { bestOf, type Option } from './antichain.ts';
import { type Bits, emptyBits, hasBit, type Leaning, unionOf } from './bits.ts';
import { type LeaningGlobs, type TextClass, textClasses } from './classes.ts';
import { GlobTable } from './glob-table.ts';
import type { LeaningSegment, Walk } from './segment-choices.ts';

export interface TagChoice extends Option {
  readonly tags: readonly string[];
}

/** Each set of globs that a segment's tags can match together and that makes a difference, by the shortest such tags. */
export const tagChoices = (
  base: SegmentPattern,
  patterns: readonly LeaningSegment[],
  walk: Walk,
): readonly TagChoice[] | null => {
  const table = new GlobTable();
  const required = base.tags.map((glob) => table.add(glob, true));
  for (const { segment, wanted } of patterns) for (const glob of segment.tags) table.add(glob, wanted);
  const { globs } = table;
  if (globs.length === 0) return [{ tags: [], hits: emptyBits(0), cost: 0 }];
  const { leaning } = table;
  const single = singleTags({ globs, leaning }, walk);
  if (single === null) return null;
  const enough = ({ hits }: TagChoice) =>
    base.anyTag && required.length > 0
      ? required.some((place) => hasBit(hits, place))
      : required.every((place) => hasBit(hits, place));
  const all = combinations(globs, single, leaning, walk);
  const best = all === null ? null : bestOf(all.filter(enough), leaning, walk.aim, walk.budget);
  return best?.map((choice) => ({ ...choice, tags: [...choice.tags].sort() })) ?? null;
};

const singleTags = (table: LeaningGlobs, walk: Walk) => {
  const classes = textClasses(ANY, table, 'tag', walk);
  return classes === null ? null : bestOf(classes, table.leaning, walk.aim, walk.budget);
};

/** Cheapest first, so that each set of globs is found by its shortest tags. */
const combinations = (
  globs: readonly Glob[],
  single: readonly TextClass[],
  leaning: Leaning,
  { budget, aim }: Walk,
): readonly TagChoice[] | null => {
  const join = ({ tags, hits, cost }: TagChoice, tag: TextClass): TagChoice => ({
    tags: [...tags, tag.text],
    hits: unionOf(hits, tag.hits),
    cost: cost + 1 + tag.cost,
  });
  let first: TagChoice = { tags: [], hits: emptyBits(globs.length), cost: 0 };
  // Where length is no concern, what can only help is taken at once.
  if (aim === 'any') {
    for (const tag of single) {
      if (!meets(tag.hits, leaning.unwanted) && gains(first.hits, tag.hits, leaning)) first = join(first, tag);
    }
  }
  const found = new Map<string, TagChoice>();
  const layers = new Map<number, TagChoice[]>([[first.cost, [first]]]);
  while (layers.size > 0) {
    const least = Math.min(...layers.keys());
    const layer = layers.get(least) as TagChoice[];
    layers.delete(least);
    for (const choice of layer) {
      const key = choice.hits.join();
      if (found.has(key)) continue;
      found.set(key, choice);
      if (!budget.spend(single.length * choice.hits.length + 1)) return null;
      for (const tag of single) {
        // More tags than it takes are no better.
        if (!gains(choice.hits, tag.hits, leaning)) continue;
        const next = join(choice, tag);
        const queue = layers.get(next.cost);
        if (queue === undefined) layers.set(next.cost, [next]);
        else queue.push(next);
        if (!budget.spend(next.tags.length + globs.length)) return null;
      }
    }
  }
  return [...found.values()];
};

const gains = (before: Bits, more: Bits, { wanted }: Leaning): boolean =>
  more.some((word, i) => (word & ~(before[i] as number) & (wanted[i] as number)) !== 0);

const meets = (a: Bits, b: Bits): boolean => a.some((word, i) => (word & (b[i] as number)) !== 0);
