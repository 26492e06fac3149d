import type { SegmentPattern } from '../pattern.ts';
import type { NameSegment } from '../request.ts';
import { type Aim, bestOf } from './antichain.ts';
import type { Budget } from './budget.ts';
import { textClasses } from './classes.ts';
import { GlobTable } from './glob-table.ts';
import { propertyChoices } from './property-choices.ts';
import { tagChoices } from './tag-choices.ts';

/** What a walk over requests is for, and what it has for it. */
export interface Walk {
  /** A character that no pattern mentions. */
  readonly fresh: string;
  readonly aim: Aim;
  readonly budget: Budget;
}

/** A segment of a pattern, and whether an excess is helped by matching it or hindered. */
export interface LeaningSegment {
  readonly segment: SegmentPattern;
  readonly wanted: boolean;
}

export interface SegmentChoice {
  readonly segment: NameSegment;
  /** How many characters it takes as text. */
  readonly cost: number;
}

/**
 * One segment of every kind that the patterns can tell apart among those that `base` matches, but for kinds that another
 * one makes needless; short ones first. `null` where the budget runs out.
 */
export const segmentChoices = (
  base: SegmentPattern,
  patterns: readonly LeaningSegment[],
  walk: Walk,
): readonly SegmentChoice[] | null => {
  const { budget, aim } = walk;
  const table = new GlobTable();
  for (const { segment, wanted } of patterns) table.add(segment.path, wanted);
  const classes = textClasses(base.path, table, 'path', walk);
  const paths = classes === null ? null : bestOf(classes, table.leaning, aim, budget);
  const tagSets = paths === null ? null : tagChoices(base, patterns, walk);
  const propertySets = tagSets === null ? null : propertyChoices(base, patterns, walk);
  if (paths === null || tagSets === null || propertySets === null) return null;
  if (!budget.spend(4 * paths.length * tagSets.length * propertySets.length)) return null;
  return paths
    .flatMap(({ text: path, cost }) =>
      tagSets.flatMap(({ tags, cost: ofTags }) =>
        propertySets.map(({ properties, cost: ofProperties }) => ({
          segment: { path, tags, properties },
          cost: cost + ofTags + ofProperties,
        })),
      ),
    )
    .sort((a, b) => a.cost - b.cost);
};
