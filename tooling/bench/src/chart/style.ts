/**
 * Colours for light and dark surroundings. The picture brings its own background: a page that shows it may be dark where
 * the reader's system is not. Each line has its name beside it, so that no colour need be told from another.
 */
const LIGHT = {
  paper: '#ffffff',
  ink: '#1f2328',
  faint: '#59636e',
  grid: '#e4e8ec',
  lines: ['#0a58ca', '#0a58ca', '#a84300', '#0b6e63', '#6f3cc3', '#b0185f'],
};
const DARK = {
  paper: '#0d1117',
  ink: '#f0f6fc',
  faint: '#9aa4af',
  grid: '#262c34',
  lines: ['#79b0ff', '#79b0ff', '#ffa657', '#4fd1c0', '#c3a2ff', '#ff9ac8'],
};

/** For so many engines. */
export const LINES = LIGHT.lines.length;

const rulesOf = ({ paper, ink, faint, grid, lines }: typeof LIGHT): string =>
  [
    `.paper{fill:${paper}}`,
    `.ink{fill:${ink}}`,
    `.faint{fill:${faint}}`,
    `.grid{stroke:${grid}}`,
    ...lines.map((color, i) => `.line${i}{stroke:${color}}.name${i}{fill:${color}}`),
  ].join('');

export const STYLE = [
  'text{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;font-size:12px}',
  '.title{font-size:15px;font-weight:600}',
  'polyline{fill:none;stroke-width:2;stroke-linejoin:round}',
  // Ours: thicker, and dashed where two sets are intersected.
  '.line0{stroke-width:3.5}.line1{stroke-dasharray:6 4}.name0{font-weight:600}',
  rulesOf(LIGHT),
  `@media (prefers-color-scheme:dark){${rulesOf(DARK)}}`,
].join('');
