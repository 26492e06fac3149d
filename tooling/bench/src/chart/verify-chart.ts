import { logScale } from './scale.ts';
import { LINES, STYLE } from './style.ts';
import { escaped, round, textAt } from './svg.ts';

/** One way to verify, and how many it does in a second. */
export interface VerifyBar {
  readonly name: string;
  readonly perSecond: number;
  readonly isOurs: boolean;
}

const WIDTH = 760;
const PLOT = { left: 290, right: 660, top: 72 };
const BAR = { height: 18, distance: 30 };

/** How many verifications a second each way does, a bar for each, as one SVG; the scale is logarithmic. */
export const drawVerifyChart = (bars: readonly VerifyBar[], machine: string): string => {
  const bottom = PLOT.top + bars.length * BAR.distance;
  const height = bottom + 40;
  const x = logScale(
    bars.map(({ perSecond }) => perSecond),
    PLOT.left,
    PLOT.right,
  );
  const told = bars.map(({ name, perSecond }) => `${name}: ${rate(perSecond)}.`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(TITLE)}</title>`,
    `<desc id="description">${escaped(`${SUBTITLE}. ${told.join(' ')}`)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}" rx="8"/>`,
    textAt(24, 30, TITLE, 'title ink'),
    textAt(24, 50, `${SUBTITLE}; ${machine}`, 'faint'),
    ...x.ticks.flatMap((tick) => [
      `<line class="grid" x1="${round(x.at(tick))}" x2="${round(x.at(tick))}" y1="${PLOT.top}" y2="${bottom}"/>`,
      textAt(x.at(tick), bottom + 20, rate(tick), 'faint', 'middle'),
    ]),
    ...bars.flatMap(({ name, perSecond, isOurs }, index) => {
      const top = PLOT.top + index * BAR.distance + (BAR.distance - BAR.height) / 2;
      const colour = isOurs ? 'name0' : `name${LINES - 3}`;
      const middle = top + BAR.height / 2 + 4;
      return [
        textAt(PLOT.left - 10, middle, name, isOurs ? 'name0' : 'ink', 'end'),
        `<rect class="${colour}" x="${PLOT.left}" y="${round(top)}" width="${round(x.at(perSecond) - PLOT.left)}" height="${BAR.height}" rx="2"/>`,
        textAt(x.at(perSecond) + 6, middle, rate(perSecond), 'ink'),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
};

const TITLE = 'Verifications a second, in process';
const SUBTITLE = 'Logarithmic; with a decision where it is Latchkey, seen before unless it says first sight';

/** Two digits. */
const rate = (perSecond: number): string => Number(perSecond.toPrecision(2)).toLocaleString('en');
