import type { Target } from './covers-targets.ts';
import type { DecideRow } from './decide.ts';
import type { Weight } from './weigh.ts';

const OURS = 'latchkey';
const TWO_SETS = 'latchkey, two sets';
const CASL = '@casl/ability';

/** What PERMISSIONS.md asks of `decide` and of compiled sets. */
export const judgeDecide = (rows: readonly DecideRow[], weights: readonly Weight[]): readonly Target[] => {
  const sizes = [...new Set(rows.map(({ statements }) => statements))];
  const of = (engine: string, size: number): number =>
    rows.find((row) => row.engine === engine && row.statements === size)?.microseconds ?? Number.NaN;
  const others = [...new Set(rows.map(({ engine }) => engine))].filter((name) => name !== OURS && name !== TWO_SETS);
  const judge = (target: string, value: number, met: boolean, unit = 'x'): Target => ({
    target,
    measured: `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`,
    met,
  });
  return [
    ...sizes.flatMap((size) =>
      others.map((other) => {
        const ratio = of(other, size) / of(OURS, size);
        return judge(`${size}: faster than ${other}`, ratio, ratio > 1);
      }),
    ),
    ...CASL_TIMES.filter(([size]) => sizes.includes(size)).map(([size, times]) => {
      const ratio = of(CASL, size) / of(OURS, size);
      return judge(`${size}: at least ${times} times ${CASL}`, ratio, ratio >= times);
    }),
    ...sizes.map((size) => {
      const ratio = of(TWO_SETS, size) / of(OURS, size);
      return judge(`${size}: two sets at most ${TWO_SETS_TIMES} times one`, ratio, ratio <= TWO_SETS_TIMES);
    }),
    ...growthOf(sizes, of).map((growth) =>
      judge(`growth from the fewest to the most statements below ${GROWTH} times`, growth, growth < GROWTH),
    ),
    ...weights.flatMap(({ statements, compileMs, bytesOfStatement, bytesOfDecision }) => [
      judge(`${statements}: compiled in under ${COMPILE_MS} ms`, compileMs, compileMs < COMPILE_MS, 'ms'),
      judge(`${statements}: under ${BYTES} bytes a statement`, bytesOfStatement, bytesOfStatement < BYTES, 'bytes'),
      judge(`${statements}: a decision allocates nothing`, bytesOfDecision, bytesOfDecision < 1, 'bytes'),
    ]),
  ];
};

const CASL_TIMES = [
  [1_000, 10],
  [10_000, 80],
] as const;
const TWO_SETS_TIMES = 2;
const GROWTH = 2.5;
const COMPILE_MS = 1_000;
const BYTES = 1_500;

const growthOf = (sizes: readonly number[], of: (engine: string, size: number) => number): readonly number[] =>
  sizes.length < 2 ? [] : [of(OURS, Math.max(...sizes)) / of(OURS, Math.min(...sizes))];
