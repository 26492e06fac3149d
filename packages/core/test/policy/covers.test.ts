import { describe, expect, it } from 'vitest';
import {
  compilePermissions,
  covers,
  type Dialect,
  decide,
  intersect,
  type Policy,
  type Statement,
} from '../../src/policy/index.ts';
import { builtIn, catalogues, policyOf, readVectors } from './vectors.ts';

interface Case {
  readonly dialect: Dialect;
  readonly says: string;
  readonly outer: readonly (string | readonly Statement[])[];
  readonly inner: readonly (string | readonly Statement[])[];
  readonly covered: boolean;
  readonly counterexample?: readonly [action: string, resource: string];
}

const { cases } = readVectors('covers') as { cases: readonly Case[] };

const compile = (dialect: Dialect, ...statements: Statement[]) =>
  compilePermissions([policyOf('p', statements)], { dialect });

describe('covers', () => {
  it.each(cases)('$says', ({ dialect, outer, inner, covered, counterexample }) => {
    const set = (list: Case['outer']) =>
      compilePermissions(
        list.map(
          (entry, i): Policy => (typeof entry === 'string' ? builtIn(dialect, entry) : policyOf(`p${i}`, entry)),
        ),
        { dialect, attributes: { memberId: ['m1'] } },
      );
    const coverage = covers(set(outer), set(inner));
    expect(coverage.covered).toBe(covered);
    if (coverage.covered !== false) return;
    if (counterexample !== undefined) expect(Object.values(coverage.counterexample)).toEqual(counterexample);
    expect(decide(set(inner), coverage.counterexample).effect).toBe('allow');
    expect(decide(set(outer), coverage.counterexample).effect).toBe('deny');
  });

  it('takes an action that the host knows where one fits', () => {
    const owner = compilePermissions([builtIn('launchdarkly', 'Owner')], { dialect: 'launchdarkly' });
    const qa = compilePermissions([builtIn('launchdarkly', 'QA')], { dialect: 'launchdarkly' });
    const actions = catalogues.launchdarkly.resourceTypes.flatMap((type) => type.actions.map(({ name }) => name));
    const coverage = covers(qa, owner, { actions });
    expect(coverage).toMatchObject({ covered: false });
    if (coverage.covered === false) expect(actions).toContain(coverage.counterexample.action);
  });

  it('sees a role attribute that is unset as what it is: nothing for an allow', () => {
    const own = [
      policyOf('p', [{ effect: 'allow' as const, actions: ['a'], resources: [`m/\${roleAttribute/${'id'}}`] }]),
    ];
    const set = (id?: string) =>
      compilePermissions(own, { dialect: 'launchdarkly', ...(id !== undefined && { attributes: { id: [id] } }) });
    expect(covers(set('1'), set()).covered).toBe(true);
    expect(covers(set('1'), set('1')).covered).toBe(true);
    expect(covers(set('1'), set('2'))).toEqual({ covered: false, counterexample: { action: 'a', resource: 'm/2' } });
    // A star in a value is a character: it covers nothing but itself.
    expect(covers(set('*'), set('2')).covered).toBe(false);
  });

  it('compares intersections factor by factor, in both places', () => {
    const a = compile('featbit', { effect: 'allow', actions: ['*'], resources: ['p/*'] });
    const b = compile('featbit', { effect: 'allow', actions: ['see'], resources: ['*'] });
    const seeP = compile('featbit', { effect: 'allow', actions: ['see'], resources: ['p/*'] });
    expect(covers(intersect(a, b), seeP).covered).toBe(true);
    expect(covers(seeP, intersect(a, b)).covered).toBe(true);
    expect(
      covers(compile('featbit', { effect: 'allow', actions: ['see'], resources: ['p/1'] }), intersect(a, b)).covered,
    ).toBe(false);
    expect(covers(intersect(a, b), a).covered).toBe(false);
  });

  it('leaves open what it could only show by a request that can not be written', () => {
    const named = (name: string) => compile('featbit', { effect: 'allow', actions: ['a'], resources: [name] });
    expect(covers(named('x'), named('a:')).covered).toBe('undecided');
    expect(covers(named('x'), named('a/\u0001')).covered).toBe('undecided');
  });

  it('never takes a request that is too long to be asked for proof, nor a thing that can’t be asked for excess', () => {
    const long = compile('featbit', { effect: 'allow', actions: ['a'], resources: ['x'.repeat(600)] });
    expect(covers(compile('featbit'), long).covered).not.toBe(false);
  });

  it('takes a character that no pattern mentions, even where they mention a whole alphabet', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
    const outer = compile('featbit', {
      effect: 'allow',
      actions: ['a'],
      resources: [...letters].map((letter) => `*${letter}*`),
    });
    const inner = compile('featbit', { effect: 'allow', actions: ['a'], resources: ['*'] });
    expect(covers(outer, inner).covered).toBe(false);
  });

  it('compares names outside the basic plane by whole characters', () => {
    const set = (...resources: string[]) => compile('featbit', { effect: 'allow', actions: ['a'], resources });
    expect(covers(set('p/😀*'), set('p/😀😁')).covered).toBe(true);
    expect(covers(set('p/😀*'), set('p/😁')).covered).toBe(false);
    expect(covers(set('*'), set('p/😀*')).covered).toBe(true);
  });
});
