import type { Target } from '../covers-targets.ts';

/** What stands between these in a document is made from the results. */
const BEGIN = '<!-- begin: made by bench:chart -->';
const END = '<!-- end: made by bench:chart -->';

/** The document with these paragraphs in its place for them. */
export const withSection = (document: string, paragraphs: readonly string[]): string => {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The document has no place between ${BEGIN} and ${END}.`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${paragraphs.join('\n\n')}\n\n${document.slice(end)}`;
};

/** How many were met, and each that was missed with what was measured. */
export const targetsSentence = (targets: readonly Target[]): string => {
  const missed = targets.filter(({ met }) => !met).map(({ target, measured }) => `${target} (measured: ${measured})`);
  const met = `${targets.length - missed.length} of ${targets.length} targets were met in this run`;
  return missed.length === 0 ? `${met}.` : `${met}. Missed: ${missed.join('; ')}.`;
};

/** A table of Markdown; all columns but the first are numbers. */
export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows].map((line) => `| ${line.join(' | ')} |`).join('\n');
