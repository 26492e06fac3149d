import { expect, test } from 'vitest';
import { readRows } from './read-rows.ts';

interface Read {
  readonly a: number;
  readonly b: string | null;
}

test('each column is found by its name, in each row its own, and null where it is null', () => {
  const columns = [{ name: 'a' }, { name: 'b' }];
  const rows = readRows<Read>('one', columns, [
    [1, 'x'],
    [2, null],
  ]);
  expect(rows.map(({ a, b }) => [a, b])).toEqual([
    [1, 'x'],
    [2, null],
  ]);
  expect(readRows<Read>('one', columns, [])).toEqual([]);
});

test('a statement whose columns have changed is read by those that it has now', () => {
  const [before] = readRows<Read>('two', [{ name: 'a' }, { name: 'b' }], [[1, 'x']]);
  const [after] = readRows<Read>('two', [{ name: 'b' }, { name: 'a' }], [['y', 2]]);
  const [more] = readRows<Read & { c: boolean }>(
    'two',
    [{ name: 'b' }, { name: 'a' }, { name: 'c' }],
    [['z', 3, true]],
  );
  expect([before?.a, before?.b]).toEqual([1, 'x']);
  expect([after?.a, after?.b]).toEqual([2, 'y']);
  expect([more?.a, more?.b, more?.c]).toEqual([3, 'z', true]);
});

test('of two columns of one name the last one counts', () => {
  const [row] = readRows<Read>('three', [{ name: 'a' }, { name: 'a' }], [[1, 2]]);
  expect(row?.a).toBe(2);
});

test('a column named like what every object has is a column', () => {
  const [row] = readRows<{ values: number; constructor: number; toString: number }>(
    'four',
    [{ name: 'values' }, { name: 'constructor' }, { name: 'toString' }],
    [[1, 2, 3]],
  );
  expect([row?.values, row?.constructor, row?.toString]).toEqual([1, 2, 3]);
});
