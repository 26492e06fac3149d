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

describe('covers under attack', () => {
  const random = (seed: number) => () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  const globs = (count: number, seed: number) => {
    const next = random(seed);
    const glob = () =>
      Array.from({ length: 14 }, () => 'ab'[Math.floor(next() * 2)] + (next() < 0.6 ? '*' : '')).join('');
    return Array.from({ length: count }, () => `p/${glob()}`);
  };
  const each = (effect: 'allow' | 'deny', resources: string[]): Statement[] =>
    resources.map((pattern) => ({ effect, actions: ['x'], resources: [pattern] }));
  /** Both letters of some pair, one after the other: to keep clear of them all is a choice for each pair. */
  const interleaved = (pairs: number): string[] =>
    Array.from({ length: pairs }, (_, i) => [`p/*${i}a*${i}b*`, `p/*${i}b*${i}a*`]).flat();
  const everything: Statement = { effect: 'allow', actions: ['*'], resources: ['*'] };
  const many = Array.from({ length: 4_000 }, (_, i) => `${i}`);
  const alternating = (count: number) => `p/*${'a*b*'.repeat(count)}`;

  it.each<[string, Statement[], Statement[]]>([
    [
      'a thousand many-star denies on both sides',
      [everything, ...each('deny', globs(1_000, 1))],
      [everything, ...each('deny', globs(1_000, 2))],
    ],
    ['a thousand many-star allows on both sides', each('allow', globs(1_000, 3)), each('allow', globs(1_000, 4))],
    [
      'allows and denies of a thousand',
      [everything, ...each('deny', globs(1_000, 5))],
      [...each('allow', globs(1_000, 6)), ...each('deny', globs(1_000, 7))],
    ],
    ['interleavings', [everything, ...each('deny', ['p/*a*'])], [everything, ...each('deny', interleaved(12))]],
    [
      'interleavings denied by the other side',
      [everything, ...each('deny', interleaved(12))],
      [everything, ...each('deny', interleaved(13))],
    ],
    [
      'a thousand tags',
      [
        everything,
        ...each(
          'deny',
          globs(500, 8).map((glob) => glob.replace('p/', '*;')),
        ),
      ],
      [
        everything,
        ...each(
          'deny',
          globs(500, 9).map((glob) => glob.replace('p/', '*;')),
        ),
      ],
    ],
    [
      'four thousand actions on four thousand resources',
      [{ ...everything, actions: many }],
      [{ ...everything, actions: many, resources: many }],
    ],
    [
      'twenty stars against twenty',
      each('allow', [alternating(20)]),
      each('allow', [alternating(20).replaceAll('a*b', 'b*a')]),
    ],
  ])('ends at the budget: %s', (_, outer, inner) => {
    for (const dialect of ['featbit', 'launchdarkly'] as const) {
      const [a, b] = [compile(dialect, ...outer), compile(dialect, ...inner)];
      const [first, second] = [covers(a, b, { budget: 2_000 }), covers(a, b, { budget: 2_000 })];
      // The same on every machine and at every time: work is counted, not seconds.
      expect(second).toEqual(first);
      if (first.covered === false) expect(decide(a, first.counterexample).effect).toBe('deny');
    }
  });

  it('finds a plain excess beside an intricate question', () => {
    const outer = compile('featbit', { ...everything, resources: ['p/*', 'q/1'] }, ...each('deny', globs(300, 1)));
    const inner = compile('featbit', everything, ...each('deny', globs(300, 2)));
    const plain = compile('featbit', { ...everything, resources: ['p/*'] }, ...each('deny', globs(300, 2)), {
      ...everything,
      actions: ['x'],
      resources: ['q/2'],
    });
    expect(covers(outer, inner).covered).toBe(false);
    expect(covers(outer, plain)).toMatchObject({ covered: false, counterexample: { action: 'x', resource: 'q/2' } });
  });

  it('says that it is undecided, and why', () => {
    const [outer, inner] = [
      compile('featbit', everything, ...each('deny', globs(300, 1))),
      compile('featbit', everything, ...each('deny', globs(300, 2))),
    ];
    const coverage = covers(outer, inner, { budget: 10 });
    expect(coverage).toMatchObject({ covered: 'undecided', reason: expect.stringMatching(/budget/) });
  });

  it('says at which statement the budget ran out', () => {
    const plain: Statement = { effect: 'allow', actions: ['x'], resources: ['q/1'] };
    const outer = compile('featbit', plain, everything, ...each('deny', globs(300, 1)));
    const inner = compile('featbit', plain, everything, ...each('deny', globs(300, 2)));
    const coverage = covers(outer, inner, { budget: 100 });
    if (coverage.covered !== 'undecided') throw new Error('This budget was meant to be too small.');
    expect(coverage.statements?.[0]).toMatchObject({ statementIndex: 1, statement: everything });
  });

  it('needs no budget worth the name for what people write', () => {
    const issuer = compilePermissions(
      [builtIn('featbit', 'Developer'), policyOf('d', each('deny', ['project/*:env/prod;locked']))],
      { dialect: 'featbit' },
    );
    const token = compile('featbit', {
      effect: 'allow',
      actions: ['ToggleFlag', 'CreateFlag'],
      resources: ['project/shop:env/dev:flag/*'],
    });
    expect(covers(issuer, token, { budget: 50 }).covered).toBe(true);
  });
});
