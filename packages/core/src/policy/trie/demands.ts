import { type Glob, matchesMiddle } from '../glob.ts';
import { matchesProperties, matchesTags } from '../pattern.ts';
import type { NameSegment } from '../request.ts';
import { loadedName } from './loaded-name.ts';
import type { Demand } from './sealed.ts';

// Looked up once: see `walk.ts`.
const { charCodeAt } = String.prototype;

/** For the path from `start` to `end`, and the text behind it up to `stop`, where there may be tags. */
export const meets = (demand: Demand, level: number, start: number, end: number, stop: number): boolean => {
  const { path, tags, properties } = demand;
  if (path !== null) {
    const from = start + (path.parts[0] as string).length;
    const to = end - (path.parts[path.parts.length - 1] as string).length;
    if (!matchesMiddle(path, loadedName.text, from, to)) return false;
  }
  if (loadedName.details === null) {
    return properties.length === 0 && (tags.length === 0 || (end < stop && hasTags(demand, end + 1, stop)));
  }
  const details = loadedName.details[level] as NameSegment;
  const reading = demand.may ? 'may' : 'must';
  return (
    (tags.length === 0 || matchesTags(demand, details.tags, reading)) &&
    (properties.length === 0 || matchesProperties(demand, details.properties, reading))
  );
};

/** Whether the tags that stand in the text are what is asked for. */
const hasTags = ({ tags, anyTag }: Demand, from: number, stop: number): boolean => {
  const count = loadedName.ensureTags(from, stop);
  const { tagStarts, tagEnds } = loadedName;
  for (let i = 0; i < tags.length; i += 1) {
    const tag = tags[i] as Glob;
    let has = false;
    for (let t = 0; t < count && !has; t += 1) has = matchesPart(tag, tagStarts[t] as number, tagEnds[t] as number);
    if (has === anyTag) return anyTag;
  }
  return !anyTag;
};

/** Whether a glob matches the loaded text from `start` to `end`. */
const matchesPart = (glob: Glob, start: number, end: number): boolean => {
  const { parts, length } = glob;
  if (end - start < length) return false;
  const first = parts[0] as string;
  if (parts.length === 1) return end - start === length && stands(first, start);
  if (!stands(first, start)) return false;
  const last = parts[parts.length - 1] as string;
  return (
    stands(last, end - last.length) && matchesMiddle(glob, loadedName.text, start + first.length, end - last.length)
  );
};

/** Whether this stands at that place of the loaded text; for short ones quicker than the built-in `startsWith`. */
export const stands = (part: string, at: number): boolean => {
  const { text } = loadedName;
  for (let i = 0; i < part.length; i += 1) if (charCodeAt.call(text, at + i) !== charCodeAt.call(part, i)) return false;
  return true;
};
