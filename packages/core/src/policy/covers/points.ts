import type { NameSegment } from '../request.ts';
import { flawOf } from './classes.ts';
import type { Rectangle } from './rectangle.ts';
import type { Witness } from './witness.ts';

/**
 * How good a counterexample is; less is better. First the resource's characters (one that looks bare takes more), then
 * whether the host knows the action or somebody wrote it, then the action's characters.
 */
export type Points = number;

/** A character of the resource outweighs whatever an action may be. */
export const POINTS_OF_CHARACTER = 4_096;

export type Rank = 'known' | 'named' | 'invented';

const POINTS_OF_RANK: Readonly<Record<Rank, Points>> = { known: 0, named: 1_024, invented: 2_048 };

export const pointsOfAction = (action: string, rank: Rank): Points =>
  Math.min(action.length, 512) + POINTS_OF_RANK[rank];

export const pointsOf = ({ action, name }: Witness, rank: Rank): Points =>
  pointsOfAction(action, rank) + POINTS_OF_CHARACTER * name.reduce((sum, segment) => sum + 1 + costOf(segment), -1);

const costOf = ({ path, tags, properties }: NameSegment): number => {
  let cost = path.length + flawOf(path, 'path');
  for (const tag of tags ?? []) cost += 1 + tag.length + flawOf(tag, 'tag');
  for (const [key, value] of properties ?? []) cost += key.length + value.length + 4;
  return cost;
};

/** No request in the rectangle has fewer. */
export const leastPoints = ({ action, pattern }: Rectangle): Points => {
  let characters = pattern.segments.length - 1;
  for (const { path } of pattern.segments) characters += Math.max(1, path.length);
  return Math.max(1, action.length) + POINTS_OF_CHARACTER * characters;
};
