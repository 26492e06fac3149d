import fc from 'fast-check';
import { expect, test } from 'vitest';
import { includes, isVisible, parseSnapshot, type Snapshot } from '../../src/verifier/index.ts';

test('a snapshot as PostgreSQL writes it', () => {
  expect(parseSnapshot('10:20:12,15')).toEqual({ xmin: 10n, xmax: 20n, xip: [12n, 15n] });
  expect(parseSnapshot('743:743:')).toEqual({ xmin: 743n, xmax: 743n, xip: [] });
  for (const text of ['', '10:20', '10:20:,', 'a:b:', '10:20:12,', ' 10:20:', '1:2:3:4', '-1:2:']) {
    expect(() => parseSnapshot(text)).toThrow(RangeError);
  }
});

test('what was in progress, or not begun, is not seen', () => {
  const snapshot = parseSnapshot('10:20:12,15');
  expect([9n, 10n, 11n, 12n, 13n, 15n, 19n, 20n, 21n].filter((xid) => isVisible(snapshot, xid))).toEqual([
    9n,
    10n,
    11n,
    13n,
    19n,
  ]);
});

/** Snapshots of one server, one after the other: transactions begin in order and end in any. */
const history = fc
  .array(fc.oneof(fc.constant('begin' as const), fc.constant('look' as const), fc.nat(20)), { maxLength: 60 })
  .map((steps) => {
    let next = 100n;
    const open: bigint[] = [];
    const snapshots: Snapshot[] = [];
    for (const step of steps) {
      if (step === 'begin') open.push(next++);
      else if (step === 'look') snapshots.push({ xmin: open[0] ?? next, xmax: next, xip: [...open] });
      else open.splice(step, 1);
    }
    return { snapshots, last: next };
  });

test('of two snapshots of one server the later includes the earlier, and what includes sees all that is seen', () => {
  fc.assert(
    fc.property(history, ({ snapshots, last }) => {
      for (const [i, earlier] of snapshots.entries()) {
        for (const [j, later] of snapshots.entries()) {
          const seesAll = Array.from({ length: Number(last - 90n) }, (_, n) => 90n + BigInt(n)).every(
            (xid) => !isVisible(earlier, xid) || isVisible(later, xid),
          );
          if (j >= i) expect(includes(later, earlier)).toBe(true);
          if (includes(later, earlier)) expect(seesAll).toBe(true);
        }
      }
    }),
    { numRuns: 300 },
  );
});
