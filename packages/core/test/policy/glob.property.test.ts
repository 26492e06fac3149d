import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GlobAutomaton } from '../../src/policy/covers/automaton.ts';
import { globOfText, matchesGlob } from '../../src/policy/glob.ts';
import { globCovers, globsOverlap } from '../../src/policy/overlap.ts';
import { runs } from './depth.ts';

/** The definition: a star takes nothing, or one more character. */
const matches = (pattern: string, text: string): boolean => {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return matches(pattern.slice(1), text) || (text !== '' && matches(pattern, text.slice(1)));
  return text !== '' && pattern[0] === text[0] && matches(pattern.slice(1), text.slice(1));
};

const pattern = fc.string({ unit: fc.constantFrom('a', 'a', 'b', '*'), maxLength: 8 });
const text = fc.string({ unit: fc.constantFrom('a', 'a', 'b', 'c'), maxLength: 10 });

describe('a glob', () => {
  it('matches what its definition says', () => {
    fc.assert(
      fc.property(pattern, text, (p, t) => {
        expect(matchesGlob(globOfText(p), t)).toBe(matches(p, t));
      }),
      runs(5_000),
    );
  });

  it('finds long parts, which have a search of their own', () => {
    const long = fc.string({ unit: fc.constantFrom('a', 'a', 'a', 'b'), minLength: 17, maxLength: 24 });
    const around = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 });
    fc.assert(
      fc.property(long, around, around, fc.boolean(), (part, before, after, present) => {
        const whole = present ? `${before}${part}${after}` : before + after;
        expect(matchesGlob(globOfText(`*${part}*`), whole)).toBe(whole.includes(part));
        expect(matchesGlob(globOfText(`*${part}*${part}*`), part + whole)).toBe(
          (part + whole).indexOf(part, part.length) >= 0,
        );
      }),
      runs(2_000),
    );
  });

  it('finds no long part of which one character is another, is missing or is one more', () => {
    const parts = [
      'abcdefghijklmnopqrst',
      `${'a'.repeat(19)}b`,
      `b${'a'.repeat(19)}`,
      'ab'.repeat(10),
      'aabaaab'.repeat(3),
    ];
    for (const part of parts) {
      for (let i = 0; i < part.length; i += 1) {
        const [head, tail] = [part.slice(0, i), part.slice(i + 1)];
        for (const bent of [`${head}z${tail}`, head + tail, `${head}z${part[i]}${tail}`]) {
          for (const whole of [bent, `${head}${bent}`, `${bent}${bent}`, `${part.slice(0, -1)}${bent}`]) {
            expect(matchesGlob(globOfText(`*${part}*`), whole), `${part} in ${whole}`).toBe(whole.includes(part));
            expect(matchesGlob(globOfText(`*${part}*`), whole + part)).toBe(true);
          }
        }
      }
    }
  });

  it('has an automaton that accepts the same', () => {
    fc.assert(
      fc.property(
        pattern.filter((p) => p.includes('*')),
        text,
        (p, t) => {
          const automaton = new GlobAutomaton(globOfText(p));
          let state = automaton.start;
          for (const character of t) state = automaton.next(state, character);
          expect(automaton.accepts(state)).toBe(matches(p, t));
        },
      ),
      runs(5_000),
    );
  });

  it('covers and overlaps another as their texts do', () => {
    const texts = [''];
    for (let i = 0; (texts[i] as string).length < 6; i += 1) for (const letter of 'abc') texts.push(texts[i] + letter);
    const short = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 4 });
    fc.assert(
      fc.property(short, short, (p, q) => {
        const [wide, narrow] = [globOfText(p), globOfText(q)];
        const inNarrow = texts.filter((t) => matches(q, t));
        expect(globCovers(wide, narrow)).toBe(inNarrow.every((t) => matches(p, t)));
        expect(globsOverlap(wide, narrow)).toBe(inNarrow.some((t) => matches(p, t)));
      }),
      runs(400),
    );
  });
});
