import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { findRunners, selectRunners } from './selection.ts';

const all = ['packages/core', 'packages/core-extra', 'tooling/start'].map((name) => ({ name, filters: [] }));

test('nothing chosen is everything', () => {
  expect(selectRunners(all, []).runners).toEqual(all);
});

test('a package, a folder of packages and a file in a package are chosen by their paths', () => {
  expect(selectRunners(all, ['packages/core/']).runners).toEqual([{ name: 'packages/core', filters: [] }]);
  expect(selectRunners(all, ['./packages']).runners.map(({ name }) => name)).toEqual([
    'packages/core',
    'packages/core-extra',
  ]);
  expect(selectRunners(all, ['packages/core/src/token']).runners).toEqual([
    { name: 'packages/core', filters: ['src/token'] },
  ]);
});

test('a path that names no package is told, not taken for nothing to do', () => {
  expect(selectRunners(all, ['packages/cor'])).toEqual({ runners: [], unknown: ['packages/cor'] });
});

test('every package with tests is found, this one too', () => {
  const root = dirname(dirname(dirname(import.meta.dirname)));
  expect(findRunners(root).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['packages/core', 'tooling/test-run']),
  );
});
