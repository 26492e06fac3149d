import { decide } from '../decide.ts';
import { LIMITS } from '../limits.ts';
import type { SegmentPattern } from '../pattern.ts';
import type { CompiledFactor, Group } from '../permission-set.ts';
import type { Request } from '../request.ts';
import type { ResourceName } from '../resource.ts';
import type { CompiledStatement } from '../statement.ts';
import { type Budget, DECISION } from './budget.ts';
import { reaching } from './reach-index.ts';
import { matchesAll, type Rectangle } from './rectangle.ts';
import { isRepeated } from './repeated.ts';

/**
 * The cheap answer, which settles most of what people write: a single allow of `outer` matches all of the rectangle, and
 * no deny beside it reaches what the rectangle's own policies don't deny as well. `false` says only that it isn't so
 * simple.
 */
export const coveredAtOnce = (outer: CompiledFactor, rectangle: Rectangle, budget: Budget): boolean => {
  const own = reaching(rectangle.group.denies, rectangle, budget);
  if (own === null) return false;
  // What its own policies deny as a whole is nothing, and everything covers it.
  if (own.some((deny) => matchesAll(deny, rectangle))) return true;
  const found = coveredByFound(outer, rectangle, own, budget);
  return (
    found ??
    outer.groups.some(
      (group) =>
        reaching(group.allows, rectangle, budget)?.some((allow) => matchesAll(allow, rectangle)) === true &&
        deniesNothing(group, rectangle, own, budget),
    )
  );
};

/** Takes the place of each `*`. Whatever is found by it is compared before it counts. */
const STAND_IN = '\uffff';

/**
 * COVERS, generic instance: what matches all of the rectangle matches the rectangle with a character in the place of each
 * `*` too. Whoever allows that is most likely the one that is looked for, and where nobody does there is none. `null`
 * where it has to be looked for in another way.
 */
const coveredByFound = (
  outer: CompiledFactor,
  rectangle: Rectangle,
  own: readonly CompiledStatement[],
  budget: Budget,
): boolean | null => {
  const parts = partsOf(rectangle);
  if (parts === null) return null;
  const groups = new Set<Group>();
  for (const part of parts) {
    const request = { action: part.action.parts.join(STAND_IN), resource: instanceOf(part) };
    if (!budget.spend(DECISION)) return false;
    const found = decide({ factors: [outer] }, request);
    if (found.by === null) return isAskable(request) ? false : null;
    if (found.effect === 'deny') return null;
    const group = outer.groups.length === 1 ? outer.groups[0] : outer.groups[found.by.policyIndex];
    const allow = group === undefined ? null : group.allows.find(found.by);
    if (group === undefined || allow === null || !matchesAll(allow, part)) return null;
    groups.add(group);
  }
  for (const group of groups) {
    if (!deniesNothing(group, rectangle, own, budget)) return outer.groups.length > 1 ? null : false;
  }
  return true;
};

/** More parts than this are looked at in another way. */
const PARTS = 16;

/** Where any of several tags would do, a rectangle for each of them: together they are the rectangle. */
const partsOf = (rectangle: Rectangle): readonly Rectangle[] | null => {
  const { segments } = rectangle.pattern;
  if (!segments.some(hasChoice)) return [rectangle];
  let all: readonly (readonly SegmentPattern[])[] = [[]];
  for (const segment of segments) {
    const choices = hasChoice(segment) ? segment.tags.map((tag) => ({ ...segment, tags: [tag] })) : [segment];
    if (all.length * choices.length > PARTS) return null;
    all = all.flatMap((chosen) => choices.map((choice) => [...chosen, choice]));
  }
  return all.map((chosen) => ({ ...rectangle, pattern: { ...rectangle.pattern, segments: chosen } }));
};

const hasChoice = ({ tags, anyTag }: SegmentPattern): boolean => anyTag && tags.length > 1;

/** Whether `decide` looks at the permissions at all. */
const isAskable = ({ action, resource }: Request): boolean =>
  action.length <= LIMITS.requestCharacters &&
  typeof resource === 'string' &&
  resource.length <= LIMITS.requestCharacters &&
  resource.split(':').length <= LIMITS.segments;

const instanceOf = ({ pattern }: Rectangle): string | ResourceName => {
  const segments = pattern.segments.map(({ path, tags, properties }) => ({
    type: path.parts.join(STAND_IN),
    tags: tags.map((tag) => tag.parts.join(STAND_IN)),
    properties,
  }));
  if (segments.every(({ properties }) => properties.length === 0) && segments.length <= LIMITS.segments) {
    return segments.map(({ type, tags }) => (tags.length === 0 ? type : `${type};${tags.join()}`)).join(':');
  }
  const known = segments.map((segment) => ({ ...segment, properties: Object.fromEntries(segment.properties) }));
  // As `resource` builds it, but for the stand-ins.
  return { segments: known } as unknown as ResourceName;
};

const deniesNothing = (
  { denies }: Group,
  rectangle: Rectangle,
  own: readonly CompiledStatement[],
  budget: Budget,
): boolean => reaching(denies, rectangle, budget)?.every((deny) => isRepeated(deny, rectangle, own, budget)) === true;
