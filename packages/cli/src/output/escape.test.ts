import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { escapeText } from './escape.ts';
import { toJson, toJsonLine, toYaml } from './structured.ts';

/** One of each kind of character that a terminal obeys, hides or turns, by its code point. */
const hostile = [
  ['escape', 0x1b],
  ['delete', 0x7f],
  ['a C1 control', 0x9b],
  ['a line separator', 0x2028],
  ['a right-to-left override', 0x202e],
  ['a right-to-left isolate', 0x2067],
  ['a zero-width space', 0x200b],
  ['a soft hyphen', 0xad],
  ['an interlinear anchor', 0xfff9],
  ['a Hangul filler', 0x3164],
  ['a private character', 0xe000],
  ['an unassigned character', 0x378],
  ['half of a pair', 0xd800],
  ['a tag', 0xe0041],
] as const;

describe('what a terminal gets', () => {
  it.each(hostile)('names %s instead of sending it', (_, codePoint) => {
    const character = String.fromCodePoint(codePoint);
    const named = `\\u{${codePoint.toString(16).padStart(4, '0')}}`;
    expect(escapeText(`a${character}b`)).toBe(`a${named}b`);
    for (const written of [
      toJson({ [character]: character }),
      toJsonLine([character]),
      toYaml({ [character]: character }),
    ]) {
      expect(written).not.toContain(character);
    }
    expect(JSON.parse(toJson({ [character]: character }))).toEqual({ [character]: character });
    // YAML has no half of a pair (section 5.1 of YAML 1.2.2): its parser may put the replacement character there.
    if (codePoint !== 0xd800) expect(parse(toYaml({ [character]: character }))).toEqual({ [character]: character });
  });

  it('stays on its line', () => {
    expect(escapeText('a\nb\r\tc')).toBe('a\\nb\\r\\tc');
    expect(toJsonLine({ text: 'a\nb' }).trimEnd()).not.toContain('\n');
  });

  it.each(['Ada', 'naïve', '日本語', '简体中文', 'नमस्ते', 'مرحبا', '🙂', 'a\u0301', '  spaces  '])(
    'leaves what people write: %s',
    (text) => {
      expect(escapeText(text)).toBe(text);
      expect(parse(toYaml([text]))).toEqual([text]);
      expect(toJson([text])).toContain(text);
    },
  );
});
