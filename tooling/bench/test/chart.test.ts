import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawDecideChart } from '../src/chart/decide-chart.ts';
import { type DecideResult, withDecideSection } from '../src/chart/decide-section.ts';
import { PLACES } from '../src/chart/places.ts';
import { spread } from '../src/chart/scale.ts';
import { drawVerifyChart } from '../src/chart/verify-chart.ts';
import { type LoadResult, type VerifyResult, verifyBars, withVerifySection } from '../src/chart/verify-section.ts';
import { type MillionResult, type RemovalResult, withWorkerSection } from '../src/chart/worker-section.ts';
import { NAMES } from '../src/verify/names.ts';

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

describe('the chart of verifications', () => {
  const { results, chart, document } = PLACES.verify;
  const kept: VerifyResult | null = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : null;
  const load: LoadResult = JSON.parse(readFileSync(PLACES.verify.load, 'utf8'));
  const empty = '<!-- begin: made by bench:chart -->\nold\n<!-- end: made by bench:chart -->';
  const targets = (target: string) => [{ target, measured: 'too much', met: false }];
  const lap = (name: string, ns: number) => ({ name, cpuNs: ns, wallNs: ns });
  const made: VerifyResult = {
    machine: 'machine',
    warm: [10_000, 1_000_000].map((tokens) => ({
      tokens,
      laps: [lap(NAMES.map, 500), lap(NAMES.node, 1_000), lap(NAMES.sibling, 2_000)],
      heapBytesOfToken: { map: 100, node: 1_000, sibling: 900 },
      madeUpLookUps: 0,
    })),
    firstSight: [lap('SELECT', 50_000), lap('first sight', 60_000)],
    betterAuthPerSecond: 800,
    betterAuthOnRedisPerSecond: 6_000,
    http: [{ name: 'express', requestsPerSecond: 9_000, cpuUs: 40.4, megabytes: 100, p99Ms: 3, statuses: {} }],
    floods: [{ name: 'a node', slowdown: Number.NaN, madeUp: 1_000, reachedDatabase: 0, heapBytes: 0 }],
    targets: targets('fast'),
  };

  it('and its section are in the repository as the committed results make them', () => {
    const written = readFileSync(document, 'utf8');
    expect(withVerifySection(written, kept, load)).toBe(written);
    expect(existsSync(chart)).toBe(kept !== null);
    if (kept === null) return;
    expect(readFileSync(chart, 'utf8')).toBe(drawVerifyChart(verifyBars(kept), kept.machine));
    expect(written).toContain('](verify.svg)');
  });

  it('has a bar for each way, and the same ratio is the same distance', () => {
    const bar = (name: string, perSecond: number) => ({ name, perSecond, isOurs: name === 'ours' });
    const svg = drawVerifyChart([bar('ours', 1_000_000), bar('<another>', 10_000), bar('slow', 100)], 'machine');
    const widths = [...svg.matchAll(/<rect class="name\d" [^>]*width="([^"]*)"/g)].map(([, width]) => Number(width));
    const [ours = 0, another = 0, slow = 0] = widths;
    expect(widths).toHaveLength(3);
    expect(ours - another).toBeCloseTo(another - slow);
    expect(svg).toContain('&lt;another&gt;');
    expect(svg).toMatch(/<desc id="description">[^<]*ours: 1,000,000\./);
  });

  it('tells by processor time what is warm, by the time that passes what a database has a part in', () => {
    expect(verifyBars(made).map(({ name, perSecond, isOurs }) => [name, Math.round(perSecond), isOurs])).toEqual([
      ['SHA-256 with a Map', 2_000_000, false],
      ['Latchkey, an API node', 1_000_000, true],
      ['Latchkey, a sibling service', 500_000, true],
      ['SELECT', 20_000, false],
      ['first sight', 16_667, true],
      ['better-auth’s api-key plugin on Redis', 6_000, false],
      ['better-auth’s api-key plugin on PostgreSQL', 800, false],
    ]);
  });

  it('has a table for each part, and names each target that is missed, of both programs', () => {
    const section = withVerifySection(empty, made, { ...load, targets: targets('sure') });
    expect(section).toContain('| Latchkey, an API node, with a decision | 1,000 (2) | 1,000 (2) |');
    expect(section).toContain('| first sight | 60 | 60 |');
    expect(section).toContain('| express | 9,000 | 40 | 100 | 3 |');
    expect(section).toContain('| a node |  | 1,000 | 0 |');
    expect(section).toContain('0 of 1 targets were met in this run. Missed: fast (measured: too much).');
    expect(section).toContain('0 of 1 targets were met in this run. Missed: sure (measured: too much).');
    expect(section).not.toContain('old');
  });
});

describe('the section on the worker', () => {
  const { removal, million, document } = PLACES.worker;
  const kept = {
    removal: JSON.parse(readFileSync(removal, 'utf8')) as RemovalResult,
    million: existsSync(million) ? (JSON.parse(readFileSync(million, 'utf8')) as MillionResult) : null,
  };

  it('is in the README as the committed results make it', () => {
    const readme = readFileSync(document, 'utf8');
    expect(withWorkerSection(readme, kept.removal, kept.million)).toBe(readme);
  });

  it('compares with the plain statement, leaves out a backend that was not there, and names what was missed', () => {
    const made = withWorkerSection(
      '<!-- begin: made by bench:chart -->\nold\n<!-- end: made by bench:chart -->',
      {
        machine: 'machine',
        relay: { postgres: 0.5 },
        cascade: { tokens: 100_000, plainMs: [9_000, 11_000], cascadeMs: { postgres: 25_000 } },
        targets: [{ target: 'fast', measured: '4 x', met: false }],
      },
      null,
    );
    expect(made).toContain('| plain `UPDATE … RETURNING`, before and after | 9 and 11 | 1 |  |');
    expect(made).toContain('| jobs on PostgreSQL | 25 | 2.5 | 0.5 |');
    expect(made).not.toContain('Redis');
    expect(made).toContain('Missed: fast (measured: 4 x).');
    expect(made).not.toContain('old');
  });

  it('says of a million what was accepted late, how verification fared beside, and by what they are found', () => {
    const driven = (p50: number, p99: number) => ({
      ...{ requests: 3_000, seconds: 15, statuses: { 200: 3_000 } },
      ...{ p50, p99, longest: p99 },
    });
    const made = withWorkerSection(
      '<!-- begin: made by bench:chart -->\n<!-- end: made by bench:chart -->',
      kept.removal,
      {
        machine: 'machine',
        expiry: {
          ...{ tokens: 1_000_000, presentedLate: 2_000, acceptedLate: 0, acceptedBefore: 7_000, tidiedMs: 120_000 },
          ...{ quiet: driven(1, 5), beside: driven(1.5, 9) },
        },
        scan: { tokens: 1_000_000, due: 100, ms: 12, reads: [{ node: 'Index Scan', index: 'by_time', rows: 101 }] },
        targets: [{ target: 'none late', measured: '0', met: true }],
      },
    );
    expect(made).toContain('of 2,000 verifications after it 0 were accepted, before it 7,000 were');
    expect(made).toContain('took 1.5 ms, the median, where it takes 1 ms while nothing happens');
    expect(made).toContain('Index Scan by `by_time`, 101 rows');
    expect(made).toContain(`${kept.removal.targets.length + 1} of ${kept.removal.targets.length + 1} targets were met`);
  });
});
