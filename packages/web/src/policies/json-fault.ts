const SPACE = /[ \t\n\r]*/y;
const TEXT = /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

const MAX_DEPTH = 200;

/**
 * Where a text stops being JSON (RFC 8259), as an offset; `null` for JSON. Browsers say the place in some messages and not
 * in others, and whoever mends a policy needs it. Objects and lists nested deeper than any policy are a fault as well.
 */
export const findJsonFault = (text: string): number | null => {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    // Section 7: control characters stand in a text only as escapes.
    if (found === undefined || (pattern === TEXT && [...found].some((character) => character < ' '))) return false;
    at += found.length;
    return true;
  };
  const sign = (character: string): boolean => {
    take(SPACE);
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };
  const items = (end: string, item: () => boolean): boolean => {
    if (sign(end)) return true;
    do {
      if (!item()) return false;
    } while (sign(','));
    return sign(end);
  };
  const value = (depth: number): boolean => {
    if (depth > MAX_DEPTH) return false;
    if (sign('[')) return items(']', () => value(depth + 1));
    if (sign('{')) return items('}', () => take(SPACE) && take(TEXT) && sign(':') && value(depth + 1));
    return take(TEXT) || take(NUMBER) || take(WORD);
  };
  const isWhole = value(0) && take(SPACE) && at === text.length;
  return isWhole ? null : at;
};
