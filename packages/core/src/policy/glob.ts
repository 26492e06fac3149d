/**
 * A pattern of one component: literal parts with "any run of characters, an empty one too" between each two of them.
 * One part is a literal. No part but the first and the last is empty. Kept as parts and not as text, because a role
 * attribute may bring a `*` that is only a character.
 */
export interface Glob {
  readonly parts: readonly string[];
  readonly form: GlobForm;
  /** Length of the shortest text that matches. */
  readonly length: number;
}

export type GlobForm = 'any' | 'literal' | 'prefix' | 'suffix' | 'ends' | 'many';

/** Text in which `*` is a wildcard, or text in which nothing is. */
export type GlobPiece = { readonly text: string; readonly literal: boolean };

export const ANY: Glob = { parts: ['', ''], form: 'any', length: 0 };

export const compileGlob = (pieces: readonly GlobPiece[]): Glob => {
  const parts: string[] = [''];
  for (const piece of pieces) {
    const split = piece.literal ? [piece.text] : piece.text.split('*');
    parts[parts.length - 1] += split[0] ?? '';
    for (let i = 1; i < split.length; i += 1) parts.push(split[i] ?? '');
  }
  return globOf(parts);
};

export const globOfText = (text: string): Glob => compileGlob([{ text, literal: false }]);

export const globOfLiteral = (text: string): Glob => globOf([text]);

const globOf = (raw: readonly string[]): Glob => {
  const last = raw.length - 1;
  const parts = raw.filter((part, i) => i === 0 || i === last || part !== '');
  if (parts.length === 2 && parts[0] === '' && parts[1] === '') return ANY;
  return Object.freeze({
    parts: Object.freeze(parts),
    form: formOf(parts),
    length: parts.reduce((sum, part) => sum + part.length, 0),
  });
};

const formOf = (parts: readonly string[]): GlobForm => {
  if (parts.length === 1) return 'literal';
  if (parts.length > 2) return 'many';
  if (parts[1] === '') return 'prefix';
  return parts[0] === '' ? 'suffix' : 'ends';
};

/** Linear in the text and the glob together: no part is looked for twice, and looking for one never backs up. */
export const matchesGlob = (glob: Glob, text: string): boolean => {
  const { parts } = glob;
  switch (glob.form) {
    case 'any':
      return true;
    case 'literal':
      return text === parts[0];
    case 'prefix':
      return text.startsWith(parts[0] as string);
    case 'suffix':
      return text.endsWith(parts[1] as string);
    default: {
      const first = parts[0] as string;
      const last = parts[parts.length - 1] as string;
      if (text.length < glob.length || !text.startsWith(first) || !text.endsWith(last)) return false;
      return matchesMiddle(glob, text, first.length, text.length - last.length);
    }
  }
};

/** Whether the parts between the first and the last stand in this order in the text from `from` to `end`. */
export const matchesMiddle = ({ parts }: Glob, text: string, from: number, end: number): boolean => {
  let at = from;
  // The leftmost place of each part is never worse than a later one: nothing is ever tried again.
  for (let i = 1; i < parts.length - 1; i += 1) {
    const part = parts[i] as string;
    const found = part.length <= SHORT ? text.indexOf(part, at) : find(text, part, at, end);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
};

/** Below this the built-in search, whose worst case is text times part, is still linear in the text. */
const SHORT = 16;

/** Knuth, Morris and Pratt: the built-in search of a long part may cost text times part. */
const find = (text: string, part: string, from: number, end: number): number => {
  const fallback = fallbackTable(part);
  let matched = 0;
  for (let i = from; i < end; i += 1) {
    const code = text.charCodeAt(i);
    while (matched > 0 && part.charCodeAt(matched) !== code) matched = fallback[matched - 1] as number;
    if (part.charCodeAt(matched) === code) matched += 1;
    if (matched === part.length) return i + 1 - matched;
  }
  return -1;
};

const fallbackTable = (part: string): Uint32Array => {
  const table = new Uint32Array(part.length);
  let matched = 0;
  for (let i = 1; i < part.length; i += 1) {
    while (matched > 0 && part.charCodeAt(matched) !== part.charCodeAt(i)) matched = table[matched - 1] as number;
    if (part.charCodeAt(matched) === part.charCodeAt(i)) matched += 1;
    table[i] = matched;
  }
  return table;
};
