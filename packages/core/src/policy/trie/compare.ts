import { current } from './current-search.ts';
import { loadedName } from './loaded-name.ts';
import { LITERAL, SEGMENT } from './sealed.ts';

// Looked up once: see `walk.ts`.
const { charCodeAt } = String.prototype;

// Engines look up what is imported at each use; what is declared here they don't.
const {
  first: SEGMENT_FIRST,
  firstLength: SEGMENT_FIRST_LENGTH,
  last: SEGMENT_LAST,
  lastLength: SEGMENT_LAST_LENGTH,
} = SEGMENT;

/**
 * Texts that begin with a run are those from the run on and before its successor: the comparison of whole texts is several
 * times as fast as `startsWith`, and allocates nothing.
 */
export const beginsWithRun = (text: string, run: number, length: number): boolean => {
  const whole = current.runs[run] as string;
  return length === text.length ? text === whole : text >= whole && text < (current.runs[run + 1] as string);
};

export const beginsLike = (segment: number, start: number): boolean =>
  holds(
    current.words[segment + SEGMENT_FIRST] as number,
    current.words[segment + SEGMENT_FIRST_LENGTH] as number,
    start,
  );

/** Whether a segment is as long as it takes and ends as is asked. */
export const endsLike = (segment: number, start: number, end: number): boolean => {
  const { words } = current;
  const length = end - start;
  const first = words[segment + SEGMENT_FIRST_LENGTH] as number;
  const last = words[segment + SEGMENT_LAST_LENGTH] as number;
  if (last === LITERAL) return length === first;
  return length >= first + last && (last === 0 || holds(words[segment + SEGMENT_LAST] as number, last, end - last));
};

/** Whether the loaded text has these characters at that place. From behind: names begin alike more often than they end so. */
const holds = (characters: number, length: number, at: number): boolean => {
  const { text } = loadedName;
  const all = current.characters;
  for (let i = length - 1; i >= 0; i -= 1) if (charCodeAt.call(text, at + i) !== all[characters + i]) return false;
  return true;
};
