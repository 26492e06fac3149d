import { describe, expect, it } from 'vitest';
import { compilePermissions, covers, type Dialect, decide, type Statement } from '../../src/policy/index.ts';
import { builtIn, policyOf } from './vectors.ts';

const compile = (dialect: Dialect, ...statements: Statement[]) =>
  compilePermissions([policyOf('p', statements)], { dialect });

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
