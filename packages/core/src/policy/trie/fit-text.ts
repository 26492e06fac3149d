import { beginsLike, beginsWithRun, endsLike } from './compare.ts';
import { current } from './current-search.ts';
import { meets } from './demands.ts';
import { loadedName } from './loaded-name.ts';
import { type Demand, PATTERN, SEGMENT } from './sealed.ts';

// Looked up once: see `walk.ts`.
const { charCodeAt, indexOf } = String.prototype;

// Engines look up what is imported at each use; what is declared here they don't.
const {
  least: PATTERN_LEAST,
  most: PATTERN_MOST,
  run: PATTERN_RUN,
  runCode: PATTERN_RUN_CODE,
  runEnd: PATTERN_RUN_END,
  runLength: PATTERN_RUN_LENGTH,
  runLevels: PATTERN_RUN_LEVELS,
  runMark: PATTERN_RUN_MARK,
  size: PATTERN_SIZE,
} = PATTERN;
const { demand: SEGMENT_DEMAND } = SEGMENT;
/** The same as `fitsName` for a name that isn't split: it is, as far as the pattern goes. */
export const fitsText = (pattern: number): boolean => {
  const { words } = current;
  const { text, limit } = loadedName;
  const run = words[pattern + PATTERN_RUN_LENGTH] as number;
  if (run > limit) return false;
  if (run > 0) {
    if (charCodeAt.call(text, words[pattern + PATTERN_RUN_MARK] as number) !== words[pattern + PATTERN_RUN_CODE])
      return false;
    if (!beginsWithRun(text, words[pattern + PATTERN_RUN] as number, run)) return false;
  }
  const least = words[pattern + PATTERN_LEAST] as number;
  const levels = words[pattern + PATTERN_RUN_LEVELS] as number;
  let end = words[pattern + PATTERN_RUN_END] as number;
  if (levels > 0 && end < limit && charCodeAt.call(text, end) !== COLON) return false;
  for (let level = levels; level < least; level += 1) {
    if (level > 0 && end === limit) return false;
    const start = level === 0 ? 0 : end + 1;
    const segment = words[pattern + PATTERN_SIZE + level] as number;
    // Mostly the run goes on into the segment after those that stand in it as a whole.
    const begun = level === levels && run > start;
    const colon = indexOf.call(text, ':', begun ? run : start);
    end = colon < 0 ? limit : colon;
    if (!endsLike(segment, start, end) || !(begun || beginsLike(segment, start))) return false;
    const demand = words[segment + SEGMENT_DEMAND] as number;
    if (
      demand !== 0 &&
      !meets(current.demands[demand - 1] as Demand, level, start, end, end < limit ? end : text.length)
    )
      return false;
  }
  const most = words[pattern + PATTERN_MOST] as number;
  return end === limit || (most > least && colonsFrom(end) <= most - least);
};

export const COLON = 0x3a;

/** How many separators there are from a place on, where one is. */
export const colonsFrom = (at: number): number => {
  let count = 0;
  for (let colon = at; colon >= 0; colon = indexOf.call(loadedName.text, ':', colon + 1)) count += 1;
  return count;
};
