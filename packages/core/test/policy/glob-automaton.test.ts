import { describe, expect, it } from 'vitest';
import { DEAD, GlobAutomaton } from '../../src/policy/covers/automaton.ts';
import { globOfText } from '../../src/policy/glob.ts';
import { textsOver } from './texts-over.ts';

// Parts that overlap themselves in every way that fits: `*aab*`, `a*aba`, `*aabaa*`.
const GLOBS = [...textsOver('ab*', 5), '*aabaa*', '*aabaab', 'a*abab*b', '*abaabab*'];
const TEXTS = textsOver('ab', 8);

const languageOf = (glob: string): RegExp => new RegExp(`^${glob.replaceAll('*', '.*')}$`, 's');
const automatonOf = (glob: string): GlobAutomaton => new GlobAutomaton(globOfText(glob));
const after = (automaton: GlobAutomaton, state: number, text: string): number =>
  [...text].reduce((at, character) => automaton.next(at, character), state);

describe('a glob as an automaton', () => {
  it('accepts the texts that the glob stands for, and no others', () => {
    for (const glob of GLOBS) {
      const [automaton, language] = [automatonOf(glob), languageOf(glob)];
      for (const text of TEXTS) {
        const accepted = automaton.accepts(after(automaton, automaton.start, text));
        if (accepted !== language.test(text)) expect({ glob, text, accepted }).toBeNull();
      }
    }
  });

  it('says that a state is behind another only where whatever saves it saves the other', () => {
    const suffixes = textsOver('ab', 6);
    let behind = 0;
    for (const glob of ['*aab*', '*abab', 'a*aba*b', 'ab*', 'aab', '*aabaa*', '*a*b*']) {
      const automaton = automatonOf(glob);
      const states = new Set([DEAD, ...textsOver('abx', 5).map((text) => after(automaton, automaton.start, text))]);
      const saved = (state: number) => suffixes.map((suffix) => automaton.accepts(after(automaton, state, suffix)));
      for (const state of states) {
        const own = saved(state);
        for (const other of states) {
          if (!automaton.isBehind(state, other)) continue;
          behind += state === other ? 0 : 1;
          const others = saved(other);
          const lost = own.findIndex((is, i) => is && !others[i]);
          if (lost >= 0) expect({ glob, state, other, suffix: suffixes[lost] }).toBeNull();
        }
      }
      // Nothing leads on from where nothing can match.
      expect(automaton.isBehind(DEAD, automaton.start)).toBe(true);
      expect(automaton.isBehind(automaton.start, DEAD)).toBe(false);
    }
    expect(behind).toBeGreaterThan(20);
  });

  it('names every character that leads elsewhere than those that nobody names', () => {
    for (const glob of GLOBS) {
      const automaton = automatonOf(glob);
      for (const text of textsOver('ab', 5)) {
        const state = after(automaton, automaton.start, text);
        const named = automaton.characters(state);
        const elsewhere = ['a', 'b'].filter((each) => automaton.next(state, each) !== automaton.next(state, 'x'));
        if (!elsewhere.every((each) => named.includes(each))) expect({ glob, text, named }).toBeNull();
        if (!named.every((each) => 'ab'.includes(each))) expect({ glob, text, named }).toBeNull();
      }
      expect(automaton.characters(DEAD)).toEqual([]);
    }
  });
});
