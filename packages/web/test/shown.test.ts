import { expect, it } from 'vitest';
import { isolateNames } from '../src/language/isolate-names.ts';
import { messages } from '../src/language/messages.ts';
import { isolated, shown } from '../src/language/shown.ts';

it.each([
  ['an override of direction', 'a\u202egnp.exe', 'a‹U+202E›gnp.exe'],
  ['an isolate that is never closed', '\u2067x', '‹U+2067›x'],
  ['a mark', 'a\u200fb', 'a‹U+200F›b'],
  ['zero-width characters', 'a\u200bb\ufeffc\u2060d', 'a‹U+200B›b‹U+FEFF›c‹U+2060›d'],
  ['a joiner between letters', 'a\u200db', 'a‹U+200D›b'],
  ['control characters', 'a\u0000\u001b[31mb\u0085', 'a‹U+0000›‹U+001B›[31mb‹U+0085›'],
  ['a tag character', 'a\u{e0041}', 'a‹U+E0041›'],
  ['a soft hyphen', 'a\u00adb', 'a‹U+00AD›b'],
  ['half of a character', 'a\ud800', 'a‹U+D800›'],
  ['a Hangul filler and an empty Braille pattern', '\u3164\u2800', '‹U+3164›‹U+2800›'],
])('%s is shown by its number', (_, text, seen) => {
  expect(shown(text)).toBe(seen);
});

it.each(['Deploy', 'עברית', '部署 ✔️', '👩‍💻 team', 'ﬁn', 'a\nb\tc', 'İstanbul', 'नमस्ते'])(
  '%j stays as it is',
  (text) => {
    expect(shown(text)).toBe(text);
  },
);

it('what is written from the right stands isolated in a sentence, and nothing else does', () => {
  expect(isolated('עברית')).toBe('\u2068עברית\u2069');
  expect(isolated('Deploy')).toBe('Deploy');
  // Nobody ends the isolation from within.
  expect(isolated('עב\u2069\u202ex')).toBe('\u2068עב‹U+2069›‹U+202E›x\u2069');
});

it.each(Object.keys(messages) as (keyof typeof messages)[])(
  'messages in %s isolate whatever name they are given',
  (language) => {
    const m = isolateNames(messages[language]);
    const bare = messages[language];
    expect(m.tokens.title).toBe(bare.tokens.title);
    expect(m.tokens.removed('a\u202eb')).toBe(bare.tokens.removed('a‹U+202E›b'));
    expect(m.tokens.removed('עברית')).toContain('\u2068עברית\u2069');
    expect(m.common.rows(3)).toBe(bare.common.rows(3));
    // A copy's name is sent to the API, which takes no invisible character.
    expect(m.policies.cloneName('עברית')).toBe(bare.policies.cloneName('עברית'));
  },
);
