import { ANY, type Glob } from '../glob.ts';
import type { SegmentPattern } from '../pattern.ts';
import type { NameSegment } from '../request.ts';
import type { Budget } from './budget.ts';
import { textClasses } from './classes.ts';

/**
 * One segment of every kind that the patterns can tell apart among those that `base` matches: a text for each class of
 * paths, with each set of tags and each set of properties that makes a difference. `null` where the budget runs out.
 */
export const segmentChoices = (
  base: SegmentPattern,
  patterns: readonly SegmentPattern[],
  fresh: string,
  budget: Budget,
): readonly NameSegment[] | null => {
  const paths = textClasses(base.path, distinctGlobs(patterns.map(({ path }) => path)), fresh, budget);
  if (paths === null) return null;
  const tagSets = tagSetsOf(base, distinctGlobs(patterns.flatMap(({ tags }) => tags)), fresh, budget);
  if (tagSets === null) return null;
  const propertySets = propertySetsOf(base, patterns, budget);
  if (propertySets === null) return null;
  if (!budget.spend(paths.length * tagSets.length * propertySets.length)) return null;
  return paths.flatMap(({ text: path }) =>
    tagSets.flatMap((tags) => propertySets.map((properties) => ({ path, tags, properties }))),
  );
};

/** Each set of globs that some set of tags can satisfy together, by one such set, smaller ones first. */
const tagSetsOf = (
  base: SegmentPattern,
  globs: readonly Glob[],
  fresh: string,
  budget: Budget,
): readonly (readonly string[])[] | null => {
  interface Tag {
    readonly text: string;
    readonly matches: readonly boolean[];
  }
  const tagsOf = (glob: Glob): readonly Tag[] | null =>
    // No name has an empty tag.
    textClasses(glob, globs, fresh, budget)?.filter(({ text }) => text !== '') ?? null;
  let required: (readonly Tag[])[] = [[]];
  if (base.tags.length > 0) {
    const choices: (readonly Tag[])[] = [];
    for (const glob of base.tags) {
      const tags = tagsOf(glob);
      if (tags === null) return null;
      choices.push(tags);
    }
    if (base.anyTag) required = choices.flat().map((tag) => [tag]);
    else {
      for (const tags of choices) {
        if (!budget.spend(required.length * tags.length)) return null;
        required = required.flatMap((set) => tags.map((tag) => [...set, tag]));
      }
    }
  }
  const optional = globs.length === 0 ? [] : tagsOf(ANY);
  if (optional === null) return null;

  const found = new Map<string, readonly Tag[]>();
  const queue: (readonly Tag[])[] = [];
  const add = (set: readonly Tag[]) => {
    const key = globs.map((_, i) => (set.some((tag) => tag.matches[i]) ? 1 : 0)).join('');
    if (found.has(key)) return;
    found.set(key, set);
    queue.push(set);
  };
  required.forEach(add);
  for (let at = 0; at < queue.length; at += 1) {
    for (const tag of optional) {
      if (!budget.spend(globs.length)) return null;
      add([...(queue[at] as readonly Tag[]), tag]);
    }
  }
  return [...found.values()].map((set) => [...new Set(set.map(({ text }) => text))]);
};

/** Absent stands for every value that no pattern asks for. */
const propertySetsOf = (
  base: SegmentPattern,
  patterns: readonly SegmentPattern[],
  budget: Budget,
): readonly ReadonlyMap<string, string>[] | null => {
  const values = new Map<string, Set<string>>();
  for (const [key, value] of patterns.flatMap(({ properties }) => properties)) {
    values.set(key, (values.get(key) ?? new Set()).add(value));
  }
  let sets: ReadonlyMap<string, string>[] = [new Map(base.properties)];
  for (const [key, wanted] of values) {
    if (sets[0]?.has(key)) continue;
    if (!budget.spend(sets.length * (wanted.size + 1))) return null;
    sets = sets.flatMap((set) => [set, ...[...wanted].map((value) => new Map(set).set(key, value))]);
  }
  return sets;
};

/** Globs without those that say the same. */
export const distinctGlobs = (globs: readonly Glob[]): readonly Glob[] => [
  // The count of parts and their lengths keep apart what only looks alike once it is joined.
  ...new Map(
    globs.map((glob) => [`${glob.parts.map((part) => part.length).join()}=${glob.parts.join('*')}`, glob]),
  ).values(),
];
