import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawDecideChart } from '../src/chart/decide-chart.ts';
import { type DecideResult, withDecideSection } from '../src/chart/decide-section.ts';
import { PLACES } from '../src/chart/places.ts';
import { spread } from '../src/chart/scale.ts';

const result: DecideResult = JSON.parse(readFileSync(PLACES.results, 'utf8'));

const row = (engine: string, statements: number, microseconds: number) => ({
  engine,
  statements,
  microseconds,
  ratio: 1,
});

describe('the chart of decisions', () => {
  it('is in the repository as the committed results make it', () => {
    expect(readFileSync(PLACES.chart, 'utf8')).toBe(drawDecideChart(result.rows, result.machine));
  });

  it('puts the same ratio the same distance apart, with a line and a name for each engine', () => {
    const svg = drawDecideChart(
      [row('a', 10, 1), row('a', 100, 10), row('a', 1_000, 100), row('<b>', 10, 1), row('<b>', 1_000, 1_000)],
      'machine',
    );
    const [b, a] = [...svg.matchAll(/points="([^"]*)"/g)].map(([, points = '']) =>
      points.split(' ').map((point) => point.split(',').map(Number)),
    ) as [number[][], number[][]];
    expect([a.length, b.length]).toEqual([3, 2]);
    const [first, second, third] = a as [[number, number], [number, number], [number, number]];
    expect(second[0] - first[0]).toBeCloseTo(third[0] - second[0]);
    expect(second[1] - first[1]).toBeCloseTo(third[1] - second[1]);
    // Slower is higher.
    expect((b[1] as number[])[1]).toBeLessThan(third[1]);
    expect(svg).toContain('&lt;b&gt;, 1 ms');
    expect(svg).not.toContain('<b>');
  });

  it('tells those who do not see it what it shows', () => {
    const svg = drawDecideChart([row('a', 10, 0.126), row('a', 10_000, 1_234)], 'machine');
    expect(svg).toMatch(/role="img" aria-labelledby="title description"/);
    expect(svg).toMatch(/<title id="title">[^<]+<\/title>/);
    expect(svg).toMatch(/<desc id="description">[^<]*a: 0\.13 µs at 10, 1\.2 ms at 10,000\.<\/desc>/);
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  it('lets no name cover another', () => {
    expect(spread([50, 20, 52, 51], 10, 100)).toEqual([50, 20, 70, 60]);
    expect(spread([98, 99], 10, 100)).toEqual([90, 100]);
  });
});

describe('the section on decisions', () => {
  it('is in the README as the committed results make it', () => {
    const readme = readFileSync(PLACES.readme, 'utf8');
    expect(withDecideSection(readme, result)).toBe(readme);
    expect(readme).toContain('](docs/decide.svg)');
  });

  it('names each target that is missed, with what was measured', () => {
    const document = 'before\n<!-- begin: made by bench:chart -->\nold\n<!-- end: made by bench:chart -->\nafter';
    const targets = [
      { target: 'fast', measured: '1 x', met: true },
      { target: 'faster', measured: '2 x', met: false },
    ];
    const made = withDecideSection(document, { machine: 'machine', rows: [row('a', 10, 1)], targets });
    expect(made).toContain('1 of 2 targets were met in this run. Missed: faster (measured: 2 x).\n');
    expect([made.startsWith('before\n'), made.endsWith('\nafter')]).toEqual([true, true]);
    expect(made).not.toContain('old');
    expect(() => withDecideSection('nothing', { machine: '', rows: [], targets })).toThrow('no place');
  });
});
