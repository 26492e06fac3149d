import type { DecideRow } from './decide.ts';

/** Microseconds a decision, and in brackets how many times the first engine's. */
export const decideTable = (rows: readonly DecideRow[]): string => {
  const sizes = [...new Set(rows.map(({ statements }) => statements))];
  const engines = [...new Set(rows.map(({ engine }) => engine))];
  const cell = (engine: string, size: number) => {
    const row = rows.find((one) => one.engine === engine && one.statements === size);
    return row === undefined ? '' : `${short(row.microseconds)} (${short(row.ratio)}x)`;
  };
  const lines = [
    ['statements', ...sizes.map((size) => size.toLocaleString('en'))],
    ['---', ...sizes.map(() => '--:')],
    ...engines.map((engine) => [engine, ...sizes.map((size) => cell(engine, size))]),
  ];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
};

const short = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(value < 1 ? 2 : 3);
