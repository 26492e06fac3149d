import type { Glob } from '../glob.ts';

/** The same for globs that say the same, and for no others: the lengths keep apart a wildcard and a `*` that is only a character. */
export const globKey = ({ parts }: Glob): string =>
  parts.length === 1 ? `=${parts[0]}` : `${parts.map((part) => part.length).join()}=${parts.join('*')}`;
