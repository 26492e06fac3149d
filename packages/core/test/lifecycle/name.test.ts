import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameKey, nameProblems } from '../../src/lifecycle/index.ts';

const codesOf = (input: unknown) => nameProblems(input).map((problem) => problem.code);

describe('a name', () => {
  it.each([
    'a',
    'CI deploy',
    'デプロイ用トークン',
    '部署令牌 2',
    'Größe: é',
    '🚀 ❤️',
    '👍🏽',
    'x'.repeat(128),
    '🚀'.repeat(128),
    '<b>&"\'',
  ])('may be %j', (name) => {
    expect(nameProblems(name)).toEqual([]);
  });

  it.each([
    [undefined, 'not_text'],
    [7, 'not_text'],
    ['', 'empty'],
    ['x'.repeat(129), 'too_long'],
    ['🚀'.repeat(129), 'too_long'],
    ['x'.repeat(10_000_000), 'too_long'],
    [' a', 'ends_in_white_space'],
    ['a ', 'ends_in_white_space'],
    ['a\u3000', 'ends_in_white_space'],
    ['\u00a0a', 'ends_in_white_space'],
    ['a\nb', 'invisible_character'],
    ['a\0b', 'invisible_character'],
    ['a\u007fb', 'invisible_character'],
    ['a\u0085b', 'invisible_character'],
    ['a\u001b[31mb', 'invisible_character'],
    ['a\u2028b', 'invisible_character'],
    ['a\u200bb', 'invisible_character'],
    ['a\u200db', 'invisible_character'],
    ['a\u2060b', 'invisible_character'],
    ['a\u00adb', 'invisible_character'],
    ['a\ufeffb', 'invisible_character'],
    ['a\u202eb', 'invisible_character'],
    ['a\u2066b', 'invisible_character'],
    ['a\u3164b', 'invisible_character'],
    ['a\u034fb', 'invisible_character'],
    ['a\ufe01b', 'invisible_character'],
    ['a\u{e0041}b', 'invisible_character'],
    ['a\ud800b', 'invisible_character'],
    ['a\uffffb', 'invisible_character'],
    ['a\u2800b', 'invisible_character'],
  ])('is not %j: %s', (input, code) => {
    expect(codesOf(input)).toEqual([code]);
  });

  it('that is taken has something to see and survives being stored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (input) => {
        if (nameProblems(input).length > 0) return;
        expect(input.isWellFormed()).toBe(true);
        expect(input.trim()).toBe(input);
        expect(/\p{C}/u.test(input.replaceAll(/\p{Co}/gu, ''))).toBe(false);
      }),
      { seed: 1, numRuns: 5_000 },
    );
  });
});

describe('names are the same', () => {
  it.each([
    ['CI Deploy', 'ci deploy'],
    ['ÉCOLE', 'école'],
    ['e\u0301cole', '\u00e9cole'],
    ['STRASSE', 'straße'],
    ['ΟΔΟΣ', 'οδος'],
    ['ＣＩ', 'ci'],
    ['ﬁle', 'FILE'],
    ['℡', 'tel'],
    ['❤️', '❤'],
    ['ab', 'AB'],
  ])('%j and %j', (a, b) => {
    expect(nameKey(a)).toBe(nameKey(b));
  });

  it.each([
    ['a', 'b'],
    ['a b', 'ab'],
    ['e', 'é'],
    ['а', 'a'],
    ['ci-1', 'ci_1'],
  ])('not %j and %j', (a, b) => {
    expect(nameKey(a)).not.toBe(nameKey(b));
  });
});
