import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDigestTable, DIGEST_LENGTH } from '../../src/verifier/digest-table.ts';

const digest = (of: number | string) => hash('sha256', String(of), 'binary');
/** Digests that begin alike, as no attacker can make them: they fall into one slot, and differ late. */
const alike = (of: number) => `${'\u00ff'.repeat(DIGEST_LENGTH - 2)}${String.fromCharCode(of >> 8, of & 255)}`;

const all = <E>(values: Iterator<E, undefined>): E[] => {
  const found: E[] = [];
  for (let next = values.next(); next.done !== true; next = values.next()) found.push(next.value);
  return found;
};

it('holds what a Map would hold, whatever is put in, taken out and put in again', () => {
  const step = fc.record({
    do: fc.constantFrom('set', 'set', 'set', 'delete', 'clear'),
    key: fc.tuple(fc.nat(300), fc.constantFrom(digest, alike)).map(([of, make]) => make(of)),
    often: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1_000 }), (steps) => {
      const [table, map] = [createDigestTable<number>(), new Map<string, number>()];
      for (const [index, { do: what, key, often }] of steps.entries()) {
        if (what === 'set') {
          table.set(key, index);
          map.set(key, index);
        } else if (what === 'delete') expect(table.delete(key)).toBe(map.delete(key));
        else if (often && index % 50 === 0) {
          table.clear();
          map.clear();
        }
        expect(table.get(key)).toBe(map.get(key));
        expect(table.size).toBe(map.size);
      }
      for (const [key, value] of map) expect(table.get(key)).toBe(value);
      expect(all(table.values()).sort()).toEqual([...map.values()].sort());
    }),
    { numRuns: 100 },
  );
});

it('stays as quick as it is large when as much goes as comes', () => {
  const table = createDigestTable<number>();
  for (let i = 0; i < 100_000; i += 1) {
    table.set(digest(i), i);
    if (i >= 10) table.delete(digest(i - 10));
  }
  expect(table.size).toBe(10);
  expect(all(table.values())).toHaveLength(10);
  expect(table.get(digest(99_999))).toBe(99_999);
  expect(table.get(digest(0))).toBeUndefined();
});

it('a walk goes on through what changes meanwhile, and ends', () => {
  const table = createDigestTable<number>();
  for (let i = 0; i < 100; i += 1) table.set(digest(i), i);
  const walk = table.values();
  for (let i = 0; i < 50; i += 1) walk.next();
  for (let i = 100; i < 1_000; i += 1) table.set(digest(i), i);
  expect(all(walk).length).toBeLessThanOrEqual(1_000);
  expect(walk.next()).toEqual({ done: true, value: undefined });
});

it('FAIL-CLOSED: two digests that differ in any byte are two, and what is no digest is no key', () => {
  const table = createDigestTable<string>();
  const key = digest('one');
  table.set(key, 'one');
  for (let at = 0; at < DIGEST_LENGTH; at += 1) {
    const other = `${key.slice(0, at)}${String.fromCharCode(key.charCodeAt(at) ^ 1)}${key.slice(at + 1)}`;
    expect(table.get(other)).toBeUndefined();
  }
  expect(table.get(key)).toBe('one');
  for (const short of ['', key.slice(1), `${key}x`]) expect(() => table.get(short)).toThrow(RangeError);
});
