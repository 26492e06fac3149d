import { describe, expect, it } from 'vitest';
import { createFormat } from '../src/language/format.ts';
import { type Language, languages, matchLanguage } from '../src/language/languages.ts';
import { type Messages, messages } from '../src/language/messages.ts';

/** Every leaf with its path; functions are called with a value for each parameter. */
const leaves = (node: unknown, path = ''): readonly (readonly [string, string])[] => {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node === 'function') {
    const make = node as (...values: unknown[]) => string;
    // A count where it is one: texts that count call Intl, which needs a number; the others take any value.
    return [1, 2, 1_234].map((count) => [`${path}(${count})`, make(count, count > 1, 'the third')] as const);
  }
  return Object.entries(node as object).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
};

// @ts-expect-error A language that lacks a message does not compile, and so does not build.
const lacking: Messages = { ...messages.ja, frame: { product: 'Latchkey' } };

const names = Object.keys(languages) as Language[];

describe('messages', () => {
  it.each(names)('%s has every message, none of them empty, and as many parameters as English', (language) => {
    const own = leaves(messages[language]);
    expect(own.map(([path]) => path).sort()).toEqual(
      leaves(messages.en)
        .map(([path]) => path)
        .sort(),
    );
    for (const [path, text] of own) {
      expect(text.trim(), path).not.toBe('');
      expect(text, path).not.toMatch(/undefined|\[object/);
    }
  });

  it.each(['zh-CN', 'ja'] as const)('%s leaves no sentence in English', (language) => {
    const english = new Map(leaves(messages.en));
    const same = leaves(messages[language]).filter(([path, text]) => english.get(path) === text && / /.test(text));
    expect(same).toEqual([]);
  });

  it('are compared with English by the compiler, which finds what is missing', () => {
    expect(leaves(lacking).length).toBeLessThan(leaves(messages.en).length);
  });

  it('puts what is given into the text', () => {
    for (const language of names) {
      expect(messages[language].states.missing('ToggleFlag', 'project/shop')).toContain('ToggleFlag');
      expect(messages[language].remove.title('ci')).toContain('ci');
    }
  });

  it('counts as the language does', () => {
    expect(messages.en.common.rows(1)).toBe('1 row');
    expect(messages.en.common.rows(1_234)).toBe('1,234 rows');
    expect(messages.ja.common.rows(1)).toBe('1 行');
    expect(messages['zh-CN'].common.rows(2)).toBe('2 行');
  });
});

describe('the language for a reader', () => {
  it.each([
    [['ja-JP', 'en'], 'ja'],
    [['zh-CN'], 'zh-CN'],
    [['zh'], 'zh-CN'],
    [['zh-Hans-SG'], 'zh-CN'],
    [['zh-Hant-TW', 'ja'], 'ja'],
    [['zh-TW'], 'en'],
    [['fr-FR', 'zh-CN'], 'zh-CN'],
    [['fr'], 'en'],
    [[], 'en'],
    [['EN-gb'], 'en'],
  ] as const)('of %j is %s', (wanted, language) => {
    expect(matchLanguage(wanted)).toBe(language);
  });
});

describe('dates and times', () => {
  const instant = '2027-01-31T23:30:00.000Z';

  it('are written as the language does, in the zone of the reader, with UTC beside it', () => {
    expect(createFormat('en', 'Asia/Tokyo').dateTime(instant)).toMatch(/Feb 1, 2027, 8:30\sAM/u);
    expect(createFormat('en', 'Asia/Tokyo').utc(instant)).toMatch(/Jan 31, 2027, 11:30\sPM UTC/u);
    expect(createFormat('ja', 'Asia/Tokyo').dateTime(instant)).toBe('2027/02/01 8:30');
    expect(createFormat('zh-CN', 'UTC').date(instant)).toBe('2027年1月31日');
  });

  it.each([
    [-5_000, 'this minute'],
    [-5 * 60_000, '5 minutes ago'],
    [3 * 3_600_000, 'in 3 hours'],
    [-86_400_000, 'yesterday'],
    [90 * 86_400_000 - 1_000, 'in 90 days'],
    [365 * 86_400_000, 'in 12 months'],
    [3 * 365 * 86_400_000, 'in 3 years'],
  ])('%i ms from now is %s', (distance, text) => {
    const now = Date.parse(instant);
    expect(createFormat('en').relative(new Date(now + distance).toISOString(), now)).toBe(text);
  });
});
