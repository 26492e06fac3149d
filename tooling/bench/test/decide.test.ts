import { expect, it } from 'vitest';
import { benchDecide } from '../src/decide.ts';
import { decideTable } from '../src/decide-table.ts';
import { judgeDecide } from '../src/decide-targets.ts';
import type { Engine } from '../src/engine.ts';
import { engines } from '../src/engines/engines.ts';
import { createLatchkey } from '../src/engines/latchkey.ts';

const options = { sizes: [10, 300], seed: 7, requests: 400, rounds: 1, roundMs: 1 };

it('measures every engine on work that all of them decide alike', async () => {
  const rows = await benchDecide(engines, options, () => {});
  expect(rows).toHaveLength(engines.length * options.sizes.length);
  for (const { microseconds } of rows) expect(microseconds).toBeGreaterThan(0);
  expect(decideTable(rows)).toContain('@casl/ability');
}, 60_000);

it('stops where two engines differ', async () => {
  const stubborn = (): Engine => ({ name: 'stubborn', prepare: (request) => request, decide: () => true });
  await expect(benchDecide([createLatchkey as never, stubborn], options, () => {})).rejects.toThrow('stubborn differs');
});

it('says of each target whether it was met', () => {
  const row = (engine: string, statements: number, microseconds: number) => ({
    engine,
    statements,
    microseconds,
    ratio: 1,
  });
  const rows = [row('latchkey', 10, 0.1), row('latchkey, two sets', 10, 0.3), row('@casl/ability', 10, 0.2)];
  const targets = judgeDecide(
    [...rows, row('latchkey', 1_000, 0.3), row('latchkey, two sets', 1_000, 0.4), row('@casl/ability', 1_000, 0.2)],
    [{ statements: 10, compileMs: 1, bytesOfStatement: 2_000, bytesOfDecision: 0 }],
  );
  const missed = targets.filter(({ met }) => !met).map(({ target }) => target);
  expect(missed).toHaveLength(5);
  for (const part of [
    '1000: faster than @casl/ability',
    '1000: at least 10 times',
    '10: two sets',
    'growth',
    'bytes a statement',
  ]) {
    expect(missed.join('\n')).toContain(part);
  }
});
