import { expect, it } from 'vitest';
import { globOfText, matchesGlob } from '../../src/policy/glob.ts';
import { globCovers, globsOverlap, patternCovers, patternsOverlap } from '../../src/policy/overlap.ts';
import { compilePattern, matchesPattern, type Pattern } from '../../src/policy/pattern.ts';
import type { NameSegment } from '../../src/policy/request.ts';
import { textsOver } from './texts-over.ts';

/** What brute force says of two sets of the same things. */
const compare = (a: Uint8Array, b: Uint8Array) => ({
  covers: b.every((is, i) => is === 0 || a[i] === 1),
  overlap: a.some((is, i) => is === 1 && b[i] === 1),
});

it('tells of every two globs of up to four characters whether one covers the other, and whether they overlap', () => {
  // A letter more than the globs have stands for every other one; two beginnings and ends need six characters.
  const names = textsOver('abc', 6);
  const globs = textsOver('ab*', 4).map((text) => {
    const glob = globOfText(text);
    return { text, glob, matched: Uint8Array.from(names, (name) => (matchesGlob(glob, name) ? 1 : 0)) };
  });
  const wrong: string[] = [];
  for (const wide of globs) {
    for (const narrow of globs) {
      const expected = compare(wide.matched, narrow.matched);
      if (globCovers(wide.glob, narrow.glob) !== expected.covers) wrong.push(`${wide.text} covers ${narrow.text}`);
      if (globsOverlap(wide.glob, narrow.glob) !== expected.overlap) wrong.push(`${wide.text} overlaps ${narrow.text}`);
    }
  }
  expect(wrong).toEqual([]);
}, 60_000);

it.each([
  ['*ab*ab', '*abab', true],
  ['*ab*ab', '*aab', false],
  ['*ab*ab', '*ab*b', false],
  ['*ab*ab*', '*ab*ab*', true],
  ['*ab*ab*', '*abab*', true],
  ['*ab*ab*', '*aba*b*', false],
  ['*aba*ba*', '*ababa*', true],
  ['*aba*ba*', '*abab*a*', false],
  ['a*ba*a', 'a*baa', true],
  ['a*ba*a', 'a*ba', false],
  ['ab*b', 'ab*ab', true],
  ['ab*bb*b', 'abb*bb', false],
  ['ab*bb*b', 'abbb*bb', true],
  ['aaa*', 'a*aa', false],
  ['*x*yy*z', '*x*yyz', true],
  ['*x*yyy*z', '*x*yyz', false],
])('says whether %s covers %s: %s', (wide, narrow, expected) => {
  expect(globCovers(globOfText(wide), globOfText(narrow))).toBe(expected);
});

const TAGS = ['t', 'u', 'v'];
const SETS = TAGS.reduce<readonly (readonly string[])[]>(
  (sets, tag) => sets.flatMap((set) => [set, [...set, tag]]),
  [[]],
);
const DETAILS = ['', 'k1', 'k2', 'l1', 'k1 l1', 'k2 l1'].map(
  (list) => new Map(list === '' ? [] : list.split(' ').map((each) => [each.charAt(0), each.charAt(1)])),
);

const patterns = (list: readonly string[], dialect: 'featbit' | 'launchdarkly'): readonly Pattern[] =>
  list.flatMap((text) => compilePattern(text, { dialect, reading: 'must', attributes: {} }));

it('tells of every two segments with tags and properties whether one covers the other, and whether they overlap', () => {
  const tagged = ['a', '*', 'a;t', 'a;u', 'a;t,u', 'a;*', 'a;t,*', '*;t', 'b;u'];
  const detailed = ['a;{k:1}', 'a;{k:2}', 'a;{k:1},{l:1}', 'a;{l:1},t', '*;{k:1}'];
  // A lone `*` is every name, however long: here it is one segment.
  const all = [
    ...patterns(tagged, 'featbit').map((pattern) => ({ ...pattern, below: false })),
    ...patterns([...tagged, ...detailed], 'launchdarkly').map((pattern) => ({ ...pattern, below: false })),
  ];
  const names: readonly NameSegment[] = ['a', 'b', 'c'].flatMap((path) =>
    SETS.flatMap((tags) => DETAILS.map((properties) => ({ path, tags, properties }))),
  );
  const matched = all.map((pattern) =>
    Uint8Array.from(names, (name) => (matchesPattern(pattern, [name], 'must') ? 1 : 0)),
  );
  const wrong: string[] = [];
  all.forEach((wide, i) => {
    all.forEach((narrow, j) => {
      const expected = compare(matched[i] as Uint8Array, matched[j] as Uint8Array);
      const pair = `${wide.text} (${wide.segments[0]?.anyTag}) and ${narrow.text} (${narrow.segments[0]?.anyTag})`;
      if (patternCovers(wide, narrow) !== expected.covers) wrong.push(`covers: ${pair}`);
      if (patternsOverlap(wide, narrow) !== expected.overlap) wrong.push(`overlap: ${pair}`);
    });
  });
  expect(wrong).toEqual([]);
});

it('tells of patterns of several segments whether one covers the other, and whether they overlap', () => {
  const written = ['a', 'b', '*', 'a:a', 'a:*', '*:b', 'b:a', 'a:a:a', 'a:*:a', '*:b:*'];
  const all = [...patterns(written, 'featbit'), ...patterns(written, 'launchdarkly')];
  const names = [1, 2, 3, 4].flatMap((depth) =>
    textsOver('abc', depth)
      .filter((text) => text.length === depth)
      .map((text) => [...text].map((path) => ({ path, tags: [], properties: new Map() }))),
  );
  for (const wide of all) {
    for (const narrow of all) {
      const [a, b] = [wide, narrow].map((pattern) =>
        Uint8Array.from(names, (name) => (matchesPattern(pattern, name, 'must') ? 1 : 0)),
      ) as [Uint8Array, Uint8Array];
      const expected = compare(a, b);
      const pair = `${wide.text} (${wide.below}) and ${narrow.text} (${narrow.below})`;
      expect([pair, patternCovers(wide, narrow), patternsOverlap(wide, narrow)]).toEqual([
        pair,
        expected.covers,
        expected.overlap,
      ]);
    }
  }
});
