import { type Glob, matchesGlob } from '../glob.ts';
import type { SegmentPattern } from '../pattern.ts';
import type { PermissionSet } from '../permission-set.ts';
import type { NameSegment } from '../request.ts';
import { freshCharacter } from './fresh.ts';
import type { Rectangle } from './rectangle.ts';
import type { SearchOptions } from './search.ts';
import { type Counterexample, counterexampleOf } from './witness-text.ts';

/**
 * COVERS, generic instance: the rectangle with every `*` replaced by a letter, and as few tags as it takes. Globs that
 * match one of these requests by their stars match everything in the rectangle, so where nothing matches, there is the
 * counterexample; a good one, for people. `null` says nothing.
 */
export const genericExcess = (
  rectangle: Rectangle,
  outer: PermissionSet,
  inner: PermissionSet,
  { budget, knownActions, rareLetter }: SearchOptions,
): Counterexample | null => {
  const { action: glob, pattern } = rectangle;
  const cost = sizeOf(outer) + sizeOf(inner);
  for (const letter of [() => freshCharacter([rectangle.statement]), rareLetter]) {
    const fresh = letter();
    for (const name of instancesOf(pattern.segments, fresh)) {
      if (!budget.spend(cost)) return null;
      const found = counterexampleOf({ action: instanceOf(glob, fresh), name }, outer, inner);
      if (found === null) continue;
      // An action that the host knows is the better example.
      for (const action of glob.form === 'literal' ? [] : knownActions) {
        const better = matchesGlob(glob, action) ? counterexampleOf({ action, name }, outer, inner) : null;
        if (better !== null) return better;
      }
      return found;
    }
  }
  return null;
};

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
