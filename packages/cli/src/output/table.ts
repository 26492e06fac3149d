import stringWidth from 'string-width';
import { escapeText } from './escape.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Cut first where the table is wider than the terminal. */
  readonly flexible?: true;
}

export interface TableStyle {
  /** Columns of the terminal; `null` where there is none, and nothing is cut. */
  readonly width: number | null;
  readonly heading: (text: string) => string;
}

const GAP = '  ';
const NARROWEST = 12;

/** Rows under titles, aligned by what a terminal draws: a Chinese or Japanese character takes two places. */
export const toTable = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: TableStyle): string => {
  const cells = rows.map((row) => columns.map(({ value }) => escapeText(value(row))));
  const natural = columns.map(({ title }, index) =>
    cells.reduce((widest, row) => Math.max(widest, stringWidth(row[index] ?? '')), stringWidth(title)),
  );
  const widths = fit(columns, natural, style.width);
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => pad(text, widths[index] ?? 0))
      .join(GAP)
      .trimEnd();
  const titles = style.heading(line(columns.map(({ title }) => title)));
  return `${[titles, ...cells.map(line)].join('\n')}\n`;
};

/** Names and values, one pair a line. */
export const toSheet = (pairs: readonly (readonly [name: string, value: string])[], style: TableStyle): string => {
  const widest = pairs.reduce((width, [name]) => Math.max(width, stringWidth(name)), 0);
  return pairs
    .map(([name, value]) => `${style.heading(pad(name, widest))}${GAP}${escapeText(value)}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
};

const fit = (columns: readonly Column<never>[], natural: readonly number[], width: number | null): number[] => {
  const widths = [...natural];
  if (width === null) return widths;
  let excess = widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length) - width;
  for (const [index, { flexible }] of columns.entries()) {
    if (!flexible || excess <= 0) continue;
    const narrower = Math.max(NARROWEST, (widths[index] ?? 0) - excess);
    excess -= Math.max(0, (widths[index] ?? 0) - narrower);
    widths[index] = Math.min(widths[index] ?? 0, narrower);
  }
  return widths;
};

const pad = (text: string, width: number): string => {
  const cut = stringWidth(text) > width ? shorten(text, width) : text;
  return cut + ' '.repeat(Math.max(0, width - stringWidth(cut)));
};

const shorten = (text: string, width: number): string => {
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += stringWidth(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
};
