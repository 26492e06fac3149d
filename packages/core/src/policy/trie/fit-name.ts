import { beginsLike, beginsWithRun, endsLike } from './compare.ts';
import { current } from './current-search.ts';
import { meets } from './demands.ts';
import { loadedName } from './loaded-name.ts';
import { DEMANDS, type Demand, PATTERN, SEGMENT } from './sealed.ts';

// Looked up once: see `walk.ts`.
const { charCodeAt } = String.prototype;

// Engines look up what is imported at each use; what is declared here they don't.
const {
  demands: PATTERN_DEMANDS,
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
const { ofTags: OF_TAGS, ofPaths: OF_PATHS } = DEMANDS;

/** The cheapest questions first, and from behind: what a probe finds by chance most often ends otherwise. */
export const fitsName = (pattern: number): boolean => {
  const { words } = current;
  const { count } = loadedName;
  const least = words[pattern + PATTERN_LEAST] as number;
  if (count < least || count > (words[pattern + PATTERN_MOST] as number)) return false;
  const run = words[pattern + PATTERN_RUN_LENGTH] as number;
  const segments = pattern + PATTERN_SIZE;
  const demands = words[pattern + PATTERN_DEMANDS] as number;
  // Where only tags tell some apart, all the rest of them fits.
  if (demands === OF_TAGS && !meetsAll(segments, least)) return false;
  if (run < LONG || !loadedName.contiguous) {
    for (let level = least - 1; level >= 0; level -= 1) {
      const segment = words[segments + level] as number;
      if (!endsAt(segment, level) || !beginsAt(segment, level)) return false;
    }
  } else if (!fitsByRun(pattern, least, run)) return false;
  return demands !== OF_PATHS || meetsAll(segments, least);
};

/** Shorter ones are compared faster by a loop. */
const LONG = 8;

const fitsByRun = (pattern: number, least: number, run: number): boolean => {
  const { words } = current;
  const { text } = loadedName;
  const segments = pattern + PATTERN_SIZE;
  const levels = words[pattern + PATTERN_RUN_LEVELS] as number;
  if (levels > 0 && loadedName.ends[levels - 1] !== words[pattern + PATTERN_RUN_END]) return false;
  for (let level = least - 1; level > levels; level -= 1) {
    const segment = words[segments + level] as number;
    if (!endsAt(segment, level) || !beginsAt(segment, level)) return false;
  }
  if (levels < least) {
    const segment = words[segments + levels] as number;
    // Mostly the run goes on into it.
    const begun = run > (words[pattern + PATTERN_RUN_END] as number);
    if (!endsAt(segment, levels) || !(begun || beginsAt(segment, levels))) return false;
  }
  if (charCodeAt.call(text, words[pattern + PATTERN_RUN_MARK] as number) !== words[pattern + PATTERN_RUN_CODE])
    return false;
  return beginsWithRun(text, words[pattern + PATTERN_RUN] as number, run);
};

const beginsAt = (segment: number, level: number): boolean => beginsLike(segment, loadedName.starts[level] as number);

const endsAt = (segment: number, level: number): boolean =>
  endsLike(segment, loadedName.starts[level] as number, loadedName.ends[level] as number);

/** What the segments ask for beyond the ends of their paths; where that is more of a path, its ends are known to fit. */
const meetsAll = (segments: number, count: number): boolean => {
  const { words } = current;
  for (let level = count - 1; level >= 0; level -= 1) {
    const demand = words[(words[segments + level] as number) + SEGMENT_DEMAND] as number;
    if (demand === 0) continue;
    const start = loadedName.starts[level] as number;
    const end = loadedName.ends[level] as number;
    const stop = loadedName.detailed ? (loadedName.stops[level] as number) : end;
    if (!meets(current.demands[demand - 1] as Demand, level, start, end, stop)) return false;
  }
  return true;
};
