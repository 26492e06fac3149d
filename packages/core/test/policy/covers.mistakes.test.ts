import { describe, expect, it } from 'vitest';
import { compilePermissions, type Dialect, type Statement } from '../../src/policy/index.ts';
import { askCovers } from './ask-covers.ts';
import { policyOf } from './vectors.ts';

const setIn = (dialect: Dialect, ...statements: Statement[]) =>
  compilePermissions([policyOf('p', statements)], { dialect });
const set = (...statements: Statement[]) => setIn('featbit', ...statements);
const allow = (...resources: string[]): Statement => ({ effect: 'allow', actions: ['a'], resources });
const deny = (...resources: string[]): Statement => ({ effect: 'deny', actions: ['a'], resources });

const shown = (resource: string) => ({ covered: false, counterexample: { action: 'a', resource } });

/** Each was made once, and found by an oracle. */
describe('covers, where it once went wrong', () => {
  it('sees that * and * have everything in common, although no key is empty', () => {
    expect(askCovers(set(allow('*'), deny('*')), set(allow('*')))).toEqual(shown('x'));
    expect(askCovers(set(allow('p/*'), deny('p/*')), set(allow('p/*')))).toEqual(shown('p/x'));
    expect(askCovers(set(allow('*'), deny('*:*')), set(allow('*:*')))).toEqual(shown('x:x'));
  });

  it('gives its example the tags that a deny asks for', () => {
    expect(askCovers(set(allow('p'), deny('p;locked')), set(allow('p')))).toEqual(shown('p;locked'));
    expect(askCovers(set(allow('p'), deny('p;locked')), set(allow('p'), deny('p;other')))).toEqual(shown('p;locked'));
    expect(askCovers(set(allow('p'), deny('p;locked')), set(allow('p'), deny('p;lock*'))).covered).toBe(true);
    const all = setIn('launchdarkly', allow('p'), deny('p;b,a*'));
    expect(askCovers(all, setIn('launchdarkly', allow('p')))).toEqual(shown('p;a,b'));
    expect(askCovers(all, setIn('launchdarkly', allow('p;c'), deny('p;ab')))).toEqual(shown('p;a,b,c'));
  });

  it('forgets the denies of neither side', () => {
    const denied = (...resources: string[]) => set(allow('p/*'), deny(...resources));
    expect(askCovers(denied('p/a'), denied('p/a')).covered).toBe(true);
    expect(askCovers(denied('p/a'), set(allow('p/*')))).toEqual(shown('p/a'));
    expect(askCovers(set(allow('p/b*')), denied('p/a*'))).toEqual(shown('p/x'));
    expect(askCovers(denied('p/a*'), denied('p/*'))).toEqual({ covered: true });
    // The example has to keep clear of one side's deny while it meets the other's.
    expect(askCovers(denied('p/*b'), denied('p/a*'))).toEqual(shown('p/b'));
  });

  it('counts right at the last star', () => {
    expect(askCovers(set(allow('p/a*')), set(allow('p/a'))).covered).toBe(true);
    expect(askCovers(set(allow('p/a*a')), set(allow('p/a')))).toEqual(shown('p/a'));
    expect(askCovers(set(allow('p/*'), deny('p/*a')), set(allow('p/a*')))).toEqual(shown('p/a'));
    expect(askCovers(set(allow('p/*'), deny('p/*a')), set(allow('p/a*'), deny('p/a')))).toEqual(shown('p/aa'));
    expect(askCovers(set(allow('p/*'), deny('p/a*aba')), set(allow('p/ab*ba')))).toEqual(shown('p/ababa'));
    const late = set(allow('p/*'), deny('p/*ab*b'));
    expect(askCovers(late, set(allow('p/ab*'), deny('p/ab*bb')))).toEqual(shown('p/abb'));
    expect(askCovers(late, set(allow('p/ab*'), deny('p/ab*bb', 'p/abb')))).toEqual(shown('p/abxb'));
  });

  it('shows a path that is whole where there is one, however a pattern ends', () => {
    expect(askCovers(set(allow('p/')), set(allow('p/*')))).toEqual(shown('p/x'));
    expect(askCovers(set(), set(allow('*/b')))).toEqual(shown('x/b'));
    expect(askCovers(set(allow('p/*')), set(allow('*')))).toEqual(shown('x'));
    expect(askCovers(set(), set(allow('p/')))).toEqual(shown('p/'));
  });
});
