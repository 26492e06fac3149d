import type { Target } from '../covers-targets.ts';
import type { DecideRow } from '../decide.ts';
import { decideTable } from '../decide-table.ts';
import { targetsSentence, withSection } from './section.ts';

export interface DecideResult {
  readonly machine: string;
  readonly rows: readonly DecideRow[];
  readonly targets: readonly Target[];
}

/** The document with the picture, the table and what became of the targets as these results have them. */
export const withDecideSection = (document: string, result: DecideResult): string => {
  return withSection(document, decideSection(result));
};

const decideSection = ({ machine, rows, targets }: DecideResult): readonly string[] => [
  '![What one decision costs at 10 to 10,000 statements, for each engine](docs/decide.svg)',
  `Microseconds a decision, in brackets how many times as long as Latchkey takes; one run, ${machine}:`,
  decideTable(rows),
  targetsSentence(targets),
];
