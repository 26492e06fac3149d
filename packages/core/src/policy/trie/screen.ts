import type { Pattern } from '../pattern.ts';
import { loadedName } from './loaded-name.ts';
import { isPunctuation } from './run.ts';

/**
 * One character of a name that a pattern insists on, in one word that stands beside the statement: most of what is looked
 * at by chance ends here, and no other place of memory is visited. 0 asks for nothing.
 */
export const screenOf = ({ segments }: Pattern): number => {
  for (let level = segments.length - 1; level >= 0; level -= 1) {
    const { parts } = (segments[level] as Pattern['segments'][number]).path;
    const first = parts[0] as string;
    const last = parts[parts.length - 1] as string;
    // Of `flag/*` and `flag/a-*` the type says nothing, and what stands before the wildcard is often the same mark.
    const own = first.indexOf('/') + 1;
    if (last !== '' && (parts.length > 1 || own < first.length))
      return screen(level, 1, 1, last.charCodeAt(last.length - 1));
    for (let i = first.length - 1; i >= own; i -= 1) {
      const code = first.charCodeAt(i);
      if (isPunctuation(code)) continue;
      return i < OFFSETS ? screen(level, 0, i, code) : 0;
    }
  }
  return 0;
};

const OFFSETS = 1 << 9;

const screen = (level: number, fromEnd: number, offset: number, code: number): number =>
  (level << 27) | (fromEnd << 26) | (offset << 16) | code;

/** Whether the loaded name has that character. */
export const passes = (word: number): boolean => {
  if (word === 0) return true;
  const level = word >>> 27;
  if (level >= loadedName.count) return false;
  const start = loadedName.starts[level] as number;
  const end = loadedName.ends[level] as number;
  const offset = (word >>> 16) & (OFFSETS - 1);
  const at = (word & (1 << 26)) === 0 ? start + offset : end - offset;
  return at >= start && at < end && loadedName.text.charCodeAt(at) === (word & 0xffff);
};
