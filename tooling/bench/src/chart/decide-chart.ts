import type { DecideRow } from '../decide.ts';
import { logScale, spread } from './scale.ts';
import { LINES, STYLE } from './style.ts';
import { escaped, round, textAt } from './svg.ts';

const [WIDTH, HEIGHT] = [760, 430];
const PLOT = { left: 70, right: 540, top: 72, bottom: 372 };
const NAME_HEIGHT = 16;

/** What a decision costs by the number of statements, a line for each engine, as one SVG; both scales logarithmic. */
export const drawDecideChart = (rows: readonly DecideRow[], machine: string): string => {
  const engines = [...new Set(rows.map(({ engine }) => engine))];
  if (engines.length > LINES) throw new RangeError(`There are colours for ${LINES} engines.`);
  const sizes = [...new Set(rows.map(({ statements }) => statements))].sort((a, b) => a - b);
  const times = rows.map(({ microseconds }) => microseconds);
  const x = logScale(sizes, PLOT.left, PLOT.right);
  const y = logScale(times, PLOT.bottom, PLOT.top);
  const series = engines.map((engine) => {
    const points = rows
      .filter((row) => row.engine === engine)
      .sort((a, b) => a.statements - b.statements)
      .map((row) => ({ ...row, x: round(x.at(row.statements)), y: round(y.at(row.microseconds)) }));
    return { engine, points, last: points[points.length - 1] as (typeof points)[number] };
  });
  const ends = series.map(({ last }) => last.y);
  const names = spread(ends, NAME_HEIGHT, PLOT.bottom);
  const told = series.map(({ engine, points }) => {
    const values = points.map((one) => `${duration(one.microseconds)} at ${one.statements.toLocaleString('en')}`);
    return `${engine}: ${values.join(', ')}.`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(TITLE)}</title>`,
    `<desc id="description">${escaped(`${SUBTITLE}. ${told.join(' ')}`)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`,
    textAt(PLOT.left, 30, TITLE, 'title ink'),
    textAt(PLOT.left, 50, `${SUBTITLE}; ${machine}`, 'faint'),
    ...y.ticks.flatMap((tick) => [
      `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${round(y.at(tick))}" y2="${round(y.at(tick))}"/>`,
      textAt(PLOT.left - 8, y.at(tick) + 4, duration(tick), 'faint', 'end'),
    ]),
    ...sizes.map((size) => textAt(x.at(size), PLOT.bottom + 20, size.toLocaleString('en'), 'faint', 'middle')),
    textAt((PLOT.left + PLOT.right) / 2, PLOT.bottom + 42, 'statements', 'faint', 'middle'),
    // Ours last, on top of the others.
    ...series
      .map(({ engine, points, last }, i) => [
        `<polyline class="line${i}" points="${points.map((one) => `${one.x},${one.y}`).join(' ')}"/>`,
        ...points.map((one) => `<circle class="name${i}" cx="${one.x}" cy="${one.y}" r="3.5"/>`),
        textAt(PLOT.right + 12, (names[i] as number) + 4, `${engine}, ${duration(last.microseconds)}`, `name${i}`),
      ])
      .reverse()
      .flat(),
    '</svg>',
    '',
  ].join('\n');
};

const TITLE = 'What one decision costs, by the number of statements';
const SUBTITLE = 'Time for one decision, both scales logarithmic';

/** Two digits, with the unit that suits. */
const duration = (microseconds: number): string => {
  const [value, unit] = microseconds < 1_000 ? [microseconds, 'µs'] : [microseconds / 1_000, 'ms'];
  return `${Number(value.toPrecision(2))} ${unit}`;
};
