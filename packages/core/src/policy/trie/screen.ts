import type { Pattern } from '../pattern.ts';
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
      return i <= SCREEN.offsets ? screen(level, 0, i, code) : 0;
    }
  }
  return 0;
};

/** From which bit on the level and the offset stand, and which bit says that the offset is from the end. */
export const SCREEN = { level: 27, fromEnd: 1 << 26, offset: 16, offsets: 0x1ff } as const;

const screen = (level: number, fromEnd: number, offset: number, code: number): number =>
  (level << SCREEN.level) | (fromEnd * SCREEN.fromEnd) | (offset << SCREEN.offset) | code;
