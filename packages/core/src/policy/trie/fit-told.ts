import { LIMITS } from '../limits.ts';
import { beginsWithRun } from './compare.ts';
import { current } from './current-search.ts';
import { stands } from './demands.ts';
import { COLON, colonsFrom } from './fit-text.ts';
import { loadedName } from './loaded-name.ts';
import { END, LEAST, SHAPE } from './shape.ts';

// Looked up once: see `walk.ts`.
const { charCodeAt, indexOf } = String.prototype;

// Engines look up what is imported at each use; what is declared here they don't.
const {
  below: SHAPE_BELOW,
  end: SHAPE_END,
  least: SHAPE_LEAST,
  length: SHAPE_LENGTH,
  tail: SHAPE_TAIL,
  wildcard: SHAPE_WILDCARD,
} = SHAPE;

/** Whether a pattern that its run and tail tell all of (see `shape.ts`) matches the loaded name. */
export const fitsTold = (shape: number, run: number): boolean => {
  const { ends, text } = loadedName;
  const least = (shape >> SHAPE_LEAST) & LEAST;
  if (!countFits(shape, least)) return false;
  if (!loadedName.contiguous) return fitsApart(shape, run, null);
  const length = (shape >> SHAPE_LENGTH) & END;
  if ((shape & SHAPE_WILDCARD) === 0) {
    if (ends[least - 1] !== length) return false;
  } else if ((shape & SHAPE_TAIL) === 0) {
    // The rest of the run stands in the next segment: it has no separator.
    if (least > 1 && ends[least - 2] !== ((shape >> SHAPE_END) & END)) return false;
  } else if (!endsInTail(run, length, ends[least - 1] as number)) return false;
  return beginsWithRun(text, run, length);
};

const countFits = (shape: number, least: number): boolean =>
  (shape & SHAPE_BELOW) === 0 ? loadedName.count === least : loadedName.count >= least;

/** Whether a tail stands before `end`, and none of it in the run. Separators are where they have to be: they were counted. */
const endsInTail = (run: number, length: number, end: number): boolean => {
  const tail = current.runs[run + 2] as string;
  const begin = end - tail.length;
  return begin >= length && stands(tail, begin);
};

/** The same with a second wildcard, the first being in the segment `wild`. */
export const fitsTwice = (shape: number, run: number, wild: number): boolean => {
  const { ends, text } = loadedName;
  const least = (shape >> SHAPE_LEAST) & LEAST;
  if (!countFits(shape, least)) return false;
  const ending = current.runs[run + 3] as string;
  if (!loadedName.contiguous) return fitsApart(shape, run, ending);
  const length = (shape >> SHAPE_LENGTH) & END;
  const tail = current.runs[run + 2] as string;
  const begin = (ends[wild] as number) - ((shape >> SHAPE_END) & END);
  const last = (ends[least - 1] as number) - ending.length;
  // The tail has as many separators as there are segments from here to the last.
  return (
    begin >= length &&
    begin + tail.length <= last &&
    stands(ending, last) &&
    stands(tail, begin) &&
    beginsWithRun(text, run, length)
  );
};

/** The same where something stands between the paths: segment by segment. */
const fitsApart = (shape: number, run: number, ending: string | null): boolean => {
  const { starts, ends } = loadedName;
  const least = (shape >> SHAPE_LEAST) & LEAST;
  const begins = (current.runs[run] as string).split(':');
  const tails = (shape & SHAPE_TAIL) === 0 ? [] : (current.runs[run + 2] as string).split(':');
  const wild = (shape & SHAPE_WILDCARD) === 0 ? least : begins.length - 1;
  const second = ending === null ? least : least - 1;
  for (let level = 0; level < least; level += 1) {
    const start = starts[level] as number;
    const end = ends[level] as number;
    const first = (level > wild ? tails[level - wild] : begins[level]) as string;
    const last = level === wild ? (tails[0] ?? '') : level === second ? (ending as string) : '';
    const length = first.length + last.length;
    if (level === wild || level === second ? end - start < length : end - start !== length) return false;
    if (!stands(first, start) || !stands(last, end - last.length)) return false;
  }
  return true;
};

/** The same as `fitsTold` for a name that isn't split: it is, as far as the pattern goes. */
export const beginsAsTold = (shape: number, run: number): boolean => {
  const { text, limit } = loadedName;
  const length = (shape >> SHAPE_LENGTH) & END;
  if (length > limit || !beginsWithRun(text, run, length)) return false;
  let end = length;
  if ((shape & SHAPE_WILDCARD) !== 0) {
    const colon = indexOf.call(text, ':', length);
    end = colon < 0 ? limit : colon;
    if ((shape & SHAPE_TAIL) !== 0) {
      const tail = current.runs[run + 2] as string;
      const begin = end - ((shape >> SHAPE_END) & END);
      end = begin + tail.length;
      if (begin < length || end > limit || !stands(tail, begin)) return false;
    }
  }
  return endsThere(shape, end);
};

/** The same as `fitsTwice` likewise. */
export const beginsTwice = (shape: number, run: number): boolean => {
  const { text, limit } = loadedName;
  const length = (shape >> SHAPE_LENGTH) & END;
  if (length > limit || !beginsWithRun(text, run, length)) return false;
  const tail = current.runs[run + 2] as string;
  const ending = current.runs[run + 3] as string;
  const begin = indexOf.call(text, ':', length) - ((shape >> SHAPE_END) & END);
  const after = begin + tail.length;
  // Nothing of what is compared has a `;`: it ends before the tags.
  if (begin < length || !stands(tail, begin)) return false;
  const colon = indexOf.call(text, ':', after);
  const end = colon < 0 ? limit : colon;
  const last = end - ending.length;
  return last >= after && stands(ending, last) && endsThere(shape, end);
};

/** Whether the name may go on, or not, after so many characters, which are a pattern's. */
const endsThere = (shape: number, end: number): boolean => {
  const { text, limit } = loadedName;
  if (end === limit) return true;
  if ((shape & SHAPE_BELOW) === 0 || charCodeAt.call(text, end) !== COLON) return false;
  return colonsFrom(end) <= LIMITS.segments - ((shape >> SHAPE_LEAST) & LEAST);
};
