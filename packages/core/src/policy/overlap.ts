import { type Glob, matchesGlob } from './glob.ts';
import type { Pattern, SegmentPattern } from './pattern.ts';

/**
 * Whether `wide` matches everything that `narrow` does; exact. COVERS, generic instance: with a character that `wide`
 * doesn't mention in the place of each `*` of `narrow`, only a `*` of `wide` can take it, and that takes whatever stands
 * there instead. So each part of `wide` has to stand within one part of `narrow`.
 */
export const globCovers = (wide: Glob, narrow: Glob): boolean => {
  if (wide.form === 'any') return true;
  if (narrow.form === 'literal') return matchesGlob(wide, narrow.parts[0] as string);
  if (wide.form === 'literal' || wide.length > narrow.length) return false;
  const lastWide = wide.parts.length - 1;
  const lastNarrow = narrow.parts.length - 1;
  const [start, end] = [wide.parts[0] as string, wide.parts[lastWide] as string];
  if (!(narrow.parts[0] as string).startsWith(start) || !(narrow.parts[lastNarrow] as string).endsWith(end))
    return false;
  let at = 0;
  let from = start.length;
  for (let i = 1; i < lastWide; i += 1) {
    const part = wide.parts[i] as string;
    for (;;) {
      const text = narrow.parts[at] as string;
      const room = at === lastNarrow ? text.length - end.length : text.length;
      const found = from + part.length > room ? -1 : text.indexOf(part, from);
      if (found >= 0 && found + part.length <= room) {
        from = found + part.length;
        break;
      }
      if (at === lastNarrow) return false;
      at += 1;
      from = 0;
    }
  }
  return true;
};

/**
 * Whether some text matches both; exact. Two globs with wildcards overlap unless their beginnings or their ends differ:
 * between the longer beginning and the longer end there is room for the middle parts of both.
 */
export const globsOverlap = (a: Glob, b: Glob): boolean => {
  if (a.form === 'any' || b.form === 'any') return true;
  if (a.form === 'literal') return matchesGlob(b, a.parts[0] as string);
  if (b.form === 'literal') return matchesGlob(a, b.parts[0] as string);
  const [startA, startB] = [a.parts[0] as string, b.parts[0] as string];
  const [endA, endB] = [a.parts[a.parts.length - 1] as string, b.parts[b.parts.length - 1] as string];
  return (startA.startsWith(startB) || startB.startsWith(startA)) && (endA.endsWith(endB) || endB.endsWith(endA));
};

/** Whether `wide` certainly matches everything that `narrow` does. `false` says only that this pair doesn't show it. */
export const patternCovers = (wide: Pattern, narrow: Pattern): boolean => {
  if (wide.below ? wide.segments.length > narrow.segments.length : narrow.below) return false;
  if (!wide.below && wide.segments.length !== narrow.segments.length) return false;
  return wide.segments.every((segment, i) => segmentCovers(segment, narrow.segments[i] as SegmentPattern));
};

/** Whether they may have a name in common. `false` is certain. */
export const patternsOverlap = (a: Pattern, b: Pattern): boolean => {
  const common = Math.min(a.segments.length, b.segments.length);
  if (a.segments.length > common && !b.below) return false;
  if (b.segments.length > common && !a.below) return false;
  for (let i = 0; i < common; i += 1) {
    if (!segmentsOverlap(a.segments[i] as SegmentPattern, b.segments[i] as SegmentPattern)) return false;
  }
  return true;
};

const segmentCovers = (wide: SegmentPattern, narrow: SegmentPattern): boolean =>
  globCovers(wide.path, narrow.path) && tagsCover(wide, narrow) && propertiesCover(wide, narrow);

const tagsCover = (wide: SegmentPattern, narrow: SegmentPattern): boolean => {
  if (wide.tags.length === 0) return true;
  if (narrow.tags.length === 0) return false;
  if (wide.anyTag) {
    const enough = (tag: Glob) => wide.tags.some((glob) => globCovers(glob, tag));
    return narrow.anyTag ? narrow.tags.every(enough) : narrow.tags.some(enough);
  }
  return wide.tags.every((glob) => {
    const enough = (tag: Glob) => globCovers(glob, tag);
    return narrow.anyTag ? narrow.tags.every(enough) : narrow.tags.some(enough);
  });
};

const propertiesCover = (wide: SegmentPattern, narrow: SegmentPattern): boolean =>
  wide.properties.every(([key, value]) => narrow.properties.some(([k, v]) => k === key && v === value));

/** Tags keep no two patterns apart: a name may have more of them. Two values of one property do. */
const segmentsOverlap = (a: SegmentPattern, b: SegmentPattern): boolean =>
  globsOverlap(a.path, b.path) &&
  !a.properties.some(([key, value]) => b.properties.some(([k, v]) => k === key && v !== value));
