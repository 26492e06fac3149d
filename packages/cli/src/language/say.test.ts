import { describe, expect, it } from 'vitest';
import { en } from './en/messages.ts';
import { ja } from './ja/messages.ts';
import { languageOfLocale } from './languages.ts';
import { createSay, fill } from './say.ts';
import { zhCn } from './zh-cn/messages.ts';

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([whole]) => whole).sort();
/** What is the same word everywhere: an abbreviation, and a text of the server. */
const shared = ['column.id', 'PERMISSIONS_UNDECIDED.hint'];

describe.each([
  ['zh-CN', zhCn],
  ['ja', ja],
])('the messages in %s', (_, translated: Readonly<Record<string, string>>) => {
  it('say what English says, with the same values', () => {
    for (const [key, english] of Object.entries(en)) {
      expect([key, placeholders(translated[key] ?? '')]).toEqual([key, placeholders(english)]);
      if (!shared.includes(key)) expect([key, translated[key]]).not.toEqual([key, english]);
    }
  });

  it('name the same flags, variables and commands', () => {
    const names = (text = '') =>
      [...new Set(text.match(/--[a-z-]+|LATCHKEY_[A-Z_]+|chmod 600|[345]\d{0,2}[hdmw]\b/g))].sort();
    for (const [key, english] of Object.entries(en))
      expect([key, names(translated[key])]).toEqual([key, names(english)]);
  });
});

describe('a message', () => {
  it('holds the values that it names, whatever they look like', () => {
    expect(createSay('en')('savedTo', { path: '{path} $& {profile}' })).toBe('The secret is in {path} $& {profile}.');
    expect(fill('{missing}', {})).toBe('{missing}');
  });
});

describe('a locale', () => {
  it.each([
    ['ja_JP.UTF-8', 'ja'],
    ['ja', 'ja'],
    ['zh_CN.UTF-8', 'zh-CN'],
    ['zh_SG', 'zh-CN'],
    ['zh_TW.UTF-8', 'en'],
    ['zh_HK', 'en'],
    ['jam_JM', 'en'],
    ['C.UTF-8', 'en'],
    ['', 'en'],
    [null, 'en'],
  ] as const)('%s speaks %s', (locale, language) => {
    expect(languageOfLocale(locale)).toBe(language);
  });
});
