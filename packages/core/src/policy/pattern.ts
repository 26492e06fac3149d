import { ANY, compileGlob, type Glob, type GlobPiece, matchesGlob } from './glob.ts';
import { LIMITS } from './limits.ts';
import type { Dialect, RoleAttributes } from './policy.ts';
import type { Name, NameSegment } from './request.ts';
import { type Piece, type ScannedSegment, scan } from './scan.ts';

/** A resource pattern with its role attributes filled in, split and ready to match. */
export interface Pattern {
  /** As it was written; shown, never matched. */
  readonly text: string;
  readonly segments: readonly SegmentPattern[];
  /** Whether it also stands for names with more segments (featbit, and a lone `*`). */
  readonly below: boolean;
}

export interface SegmentPattern {
  readonly path: Glob;
  readonly tags: readonly Glob[];
  /** featbit: any of `tags` is enough; else all are needed. */
  readonly anyTag: boolean;
  readonly properties: readonly (readonly [key: string, value: string])[];
}

/** Whether it asks for tags or properties. */
export const isDemanding = ({ tags, properties }: SegmentPattern): boolean => tags.length > 0 || properties.length > 0;

/**
 * How a pattern treats what isn't known. `must`: where a match lets the caller in (an allow's `resources`, a deny's
 * `notResources`), unknown is no match. `may`: where a match keeps the caller out, it is one.
 */
export type Reading = 'must' | 'may';

const EVERYTHING: readonly SegmentPattern[] = [{ path: ANY, tags: [], anyTag: false, properties: [] }];

export const everything = (text: string): Pattern => ({ text, segments: EVERYTHING, below: true });

/**
 * The patterns that one text stands for: one for each combination of its role attributes' values. None where an
 * attribute is unset and the reading is `must`; everything where it is `may`.
 */
export const compilePattern = (
  text: string,
  options: { readonly dialect: Dialect; readonly reading: Reading; readonly attributes: RoleAttributes },
): readonly Pattern[] => {
  const { dialect, reading } = options;
  if (text === '*') return [everything(text)];
  const against = reading === 'may' ? [everything(text)] : [];
  const scanned = scan(text, dialect, 'pattern');
  // `parsePolicies` and `readHostPolicies` let no such pattern through; without them it counts against the caller too.
  if (text === '' || !scanned.ok) return against;
  const choices = attributeChoices(scanned.segments, options.attributes);
  if (choices === null) return against;
  const patterns: Pattern[] = [];
  for (const choice of choices) {
    const segments = scanned.segments.map((segment) => compileSegment(segment, choice, dialect, reading));
    if (segments.includes(null)) continue;
    patterns.push({ text, segments: segments as readonly SegmentPattern[], below: dialect === 'featbit' });
  }
  return patterns;
};

/** More combinations than this are read like an attribute that is unset: some hosts let a member have many values. */
const COMBINATIONS = 1_000;

type Choice = ReadonlyMap<string, string>;

/** Each way to give every attribute in the pattern one of its values; `null` where one has none, or there are too many. */
const attributeChoices = (
  segments: readonly ScannedSegment[],
  attributes: RoleAttributes,
): readonly Choice[] | null => {
  const keys = new Set<string>();
  const collect = (pieces: readonly Piece[]) => {
    for (const piece of pieces) if (typeof piece !== 'string') keys.add(piece.attribute);
  };
  for (const segment of segments) {
    collect(segment.path);
    segment.tags.forEach(collect);
    for (const property of segment.properties) collect(property.value);
  }
  let choices: Choice[] = [new Map()];
  for (const key of keys) {
    const values = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
    if (values === undefined || values.length === 0 || choices.length * values.length > COMBINATIONS) return null;
    choices = choices.flatMap((choice) => values.map((value) => new Map(choice).set(key, value)));
  }
  return choices;
};

/** `null` for a segment that no name can have: it asks for two values of one property. */
const compileSegment = (
  segment: ScannedSegment,
  choice: Choice,
  dialect: Dialect,
  reading: Reading,
): SegmentPattern | null => {
  const fill = (pieces: readonly Piece[]): GlobPiece[] =>
    pieces.map((piece) =>
      typeof piece === 'string'
        ? { text: piece, literal: false }
        : { text: choice.get(piece.attribute) as string, literal: true },
    );
  const properties = new Map<string, string>();
  for (const { key, value } of segment.properties) {
    const text = fill(value)
      .map((piece) => piece.text)
      .join('');
    if ((properties.get(key) ?? text) !== text) return null;
    properties.set(key, text);
  }
  const anyTag = dialect === 'featbit';
  let tags = segment.tags.map((tag) => compileGlob(fill(tag)));
  if (reading === 'may') {
    // No name has an empty tag. Waiting for one would lose a deny, so it is no condition there.
    tags = tags.filter((tag) => tag.form !== 'literal' || tag.length > 0);
  } else if (tags.length > LIMITS.tagsOfSegment) {
    // Tags beyond the sixteenth never satisfy an allow: any of the first sixteen may, but all can't.
    if (!anyTag) return null;
    tags = tags.slice(0, LIMITS.tagsOfSegment);
  }
  return { path: compileGlob(fill(segment.path)), tags, anyTag, properties: [...properties] };
};

export const matchesPattern = (pattern: Pattern, name: Name, reading: Reading): boolean => {
  const { segments } = pattern;
  if (pattern.below ? segments.length > name.length : segments.length !== name.length) return false;
  for (let i = 0; i < segments.length; i += 1) {
    if (!matchesSegment(segments[i] as SegmentPattern, name[i] as NameSegment, reading)) return false;
  }
  return true;
};

export const matchesSegment = (pattern: SegmentPattern, segment: NameSegment, reading: Reading): boolean =>
  matchesGlob(pattern.path, segment.path) &&
  (pattern.tags.length === 0 || matchesTags(pattern, segment.tags, reading)) &&
  (pattern.properties.length === 0 || matchesProperties(pattern, segment.properties, reading));

export const matchesTags = (
  pattern: Pick<SegmentPattern, 'tags' | 'anyTag'>,
  tags: NameSegment['tags'],
  reading: Reading,
): boolean => {
  if (tags === null) return reading === 'may';
  const present = (glob: Glob) => tags.some((tag) => matchesGlob(glob, tag));
  return pattern.anyTag ? pattern.tags.some(present) : pattern.tags.every(present);
};

export const matchesProperties = (
  pattern: Pick<SegmentPattern, 'properties'>,
  properties: NameSegment['properties'],
  reading: Reading,
): boolean =>
  properties === null ? reading === 'may' : pattern.properties.every(([key, value]) => properties.get(key) === value);
