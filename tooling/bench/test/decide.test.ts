import { expect, it } from 'vitest';
import { benchDecide } from '../src/decide.ts';
import { decideTable } from '../src/decide-table.ts';
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
