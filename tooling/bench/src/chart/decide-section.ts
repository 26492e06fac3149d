import type { Target } from '../covers-targets.ts';
import type { DecideRow } from '../decide.ts';
import { decideTable } from '../decide-table.ts';

export interface DecideResult {
  readonly machine: string;
  readonly rows: readonly DecideRow[];
  readonly targets: readonly Target[];
}

/** What stands between these in a document is made from the results. */
const BEGIN = '<!-- begin: made by bench:chart -->';
const END = '<!-- end: made by bench:chart -->';

/** The document with the picture, the table and what became of the targets as these results have them. */
export const withDecideSection = (document: string, result: DecideResult): string => {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The document has no place between ${BEGIN} and ${END}.`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${decideSection(result)}\n\n${document.slice(end)}`;
};

const decideSection = ({ machine, rows, targets }: DecideResult): string => {
  const missed = targets.filter(({ met }) => !met).map(({ target, measured }) => `${target} (measured: ${measured})`);
  const met = `${targets.length - missed.length} of ${targets.length} targets were met in this run`;
  return [
    '![What one decision costs at 10 to 10,000 statements, for each engine](docs/decide.svg)',
    `Microseconds a decision, in brackets how many times as long as Latchkey takes; one run, ${machine}:`,
    decideTable(rows),
    missed.length === 0 ? `${met}.` : `${met}. Missed: ${missed.join('; ')}.`,
  ].join('\n\n');
};
