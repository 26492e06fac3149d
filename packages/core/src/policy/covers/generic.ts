import { type Glob, matchesGlob } from '../glob.ts';
import type { SegmentPattern } from '../pattern.ts';
import type { PermissionSet } from '../permission-set.ts';
import type { NameSegment } from '../request.ts';
import type { Budget } from './budget.ts';
import { freshFor } from './fresh.ts';
import { pointsOf, type Rank } from './points.ts';
import type { Question } from './question.ts';
import type { Rectangle } from './rectangle.ts';
import { counterexampleOf } from './witness-text.ts';

/**
 * COVERS, generic instance: the rectangle with every `*` replaced by a letter, and as few tags as it takes. Globs that
 * match one of these requests by their stars match everything in the rectangle, so where nothing matches, there is a
 * counterexample. `false` says nothing.
 */
export const findGenericExcess = (rectangle: Rectangle, question: Question, budget: Budget): boolean => {
  const { outer, inner, best, knownActions } = question;
  const { action: glob, pattern } = rectangle;
  const cost = sizeOf(outer) + sizeOf(inner);
  for (const fresh of [freshFor(rectangle, []), RARE]) {
    const offer = (action: string, rank: Rank, name: readonly NameSegment[]): boolean => {
      const counterexample = counterexampleOf({ action, name }, outer, inner);
      if (counterexample === null) return false;
      best.offer(pointsOf({ action, name }, rank) + (fresh === RARE ? 0.5 : 0), { action, name }, counterexample);
      return true;
    };
    for (const name of instancesOf(pattern.segments, fresh)) {
      if (!budget.spend(cost)) return false;
      const literal = glob.form === 'literal';
      const own = instanceOf(glob, fresh);
      if (!offer(own, knownActions.includes(own) ? 'known' : literal ? 'named' : 'invented', name)) continue;
      // An action that the host knows is the better example.
      for (const action of literal ? [] : knownActions) {
        if (!budget.spend(cost) || (matchesGlob(glob, action) && offer(action, 'known', name))) break;
      }
      return true;
    }
  }
  return false;
};

/** Where the first letter is one that somebody's patterns mention: as good as nobody's mention this one. */
export const RARE = '\u4e00';

/** Beyond this the walk, which knows which of them differ, does better. */
const MANY = 64;

/** One name for each tag where any of several would do. */
const instancesOf = (segments: readonly SegmentPattern[], fresh: string): readonly (readonly NameSegment[])[] => {
  let names: readonly (readonly NameSegment[])[] = [[]];
  for (const { path, tags, anyTag, properties } of segments) {
    const texts = tags.map((tag) => instanceOf(tag, fresh));
    const sets = anyTag && texts.length > 0 ? texts.map((tag) => [tag]) : [[...new Set(texts)]];
    if (names.length * sets.length > MANY) return [];
    const choices = sets.map((set) => ({ path: instanceOf(path, fresh), tags: set, properties: new Map(properties) }));
    names = names.flatMap((name) => choices.map((choice) => [...name, choice]));
  }
  return names;
};

const instanceOf = (glob: Glob, fresh: string): string => glob.parts.join(fresh);

/** How much there is to look at for one decision. */
const sizeOf = ({ factors }: PermissionSet): number =>
  factors.reduce(
    (sum, { groups }) =>
      sum + groups.reduce((all, { allows, denies }) => all + allows.open.length + denies.open.length + 2, 0),
    0,
  );
