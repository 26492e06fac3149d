import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Rules } from '../../src/verifier/unsafe.ts';
import { type Step, simulate, TOKENS } from './simulation.ts';

const token = fc.nat(TOKENS.length - 1);
const which = fc.nat(3);
const calm: readonly fc.WeightedArbitrary<Step>[] = [
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('begin' as const),
      token,
      stops: fc.boolean(),
      ofOwner: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('commit' as const), which }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('verify' as const), token }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('read' as const), which, byPeer: fc.boolean() }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('answer' as const), which }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('poll' as const),
      slowMs: fc.constantFrom(0, 0, 0, 50, 2_500),
      lost: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'acknowledge' } as const) },
  { weight: 3, arbitrary: fc.constant({ do: 'peer polls' } as const) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 300, 1_200, 2_200) }) },
];
const crash: fc.WeightedArbitrary<Step> = { weight: 1, arbitrary: fc.constant({ do: 'crash' } as const) };
const suspension: fc.WeightedArbitrary<Step> = {
  weight: 1,
  arbitrary: fc.record({ do: fc.constant('suspend' as const), ms: fc.constantFrom(500, 2_500) }),
};
const wallClock: fc.WeightedArbitrary<Step> = {
  weight: 1,
  arbitrary: fc.record({ do: fc.constant('set the wall clock' as const), ms: fc.constantFrom(-3_000, 3_000) }),
};
const historyOf = (...steps: readonly fc.WeightedArbitrary<Step>[]) =>
  fc.array(fc.oneof(...steps), { minLength: 10, maxLength: 80, size: 'max' });
// Not both: a machine that is suspended and whose wall clock is set back by as much can't know of either.
const histories = fc.oneof(
  historyOf(...calm),
  historyOf(...calm, crash, suspension),
  historyOf(...calm, crash, wallClock),
);

test('DEAD-ON-RETURN: in no order of events is a verification accepted that started after its stop had settled', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      expect(await simulate(history)).toEqual([]);
    }),
    { numRuns: 5_000, seed: 20_260_101 },
  );
});

/** The same histories find each of these out. */
const mutants: readonly (readonly [string, Partial<Rules>])[] = [
  ['the lease', { isWithinLease: () => true, isWallClockSound: () => true }],
  ['the wall clock', { isWallClockSound: () => true }],
  ['the changes since a look-up began', { isUntouched: () => true }],
  ['the changes since an entry was kept', { isCurrent: () => true }],
  ['the joiner’s check', { mayJoin: () => true }],
  ['whether an answer is as new', { isAsNew: () => true }],
];

test.each(mutants)('a verifier without %s is caught', async (_, rules) => {
  const caught = await fc.check(
    fc.asyncProperty(histories, async (history) => (await simulate(history, rules)).length === 0),
    { numRuns: 50_000, seed: 20_260_102, endOnFailure: true },
  );
  expect(caught.failed).toBe(true);
});
