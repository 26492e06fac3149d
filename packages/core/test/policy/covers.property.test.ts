import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Coverage,
  compilePermissions,
  covers,
  type Dialect,
  decide,
  intersect,
  type PermissionSet,
  type Policy,
} from '../../src/policy/index.ts';
import { attributes, policies } from './arbitraries.ts';

const dialects = ['featbit', 'launchdarkly'] as const;

const compile = (list: readonly Policy[], dialect: Dialect) => compilePermissions(list, { dialect, attributes });

const excess = (outer: PermissionSet, inner: PermissionSet, request: { action: string; resource: string }) =>
  decide(inner, request).effect === 'allow' && decide(outer, request).effect === 'deny';

/** Every answer is checked for what it claims of itself. */
const ask = (outer: PermissionSet, inner: PermissionSet, budget?: number): Coverage => {
  const coverage = covers(outer, inner, budget === undefined ? {} : { budget });
  if (coverage.covered === false) {
    const { counterexample } = coverage;
    expect(excess(outer, inner, counterexample), JSON.stringify(counterexample)).toBe(true);
    expect(counterexample.action).not.toBe('');
    expect(counterexample.resource.split(/:(?![^{]*\})/)).not.toContain('');
    expect(`${counterexample.action}${counterexample.resource}`).toMatch(/^[\x20-\x7e]+$/);
  }
  return coverage;
};

/** All words over the letters, the empty one first. */
const words = (letters: string, longest: number): string[] => {
  const all = [''];
  for (let at = 0; all[at] !== undefined && (all[at] as string).length < longest; at += 1) {
    for (const letter of letters) all.push((all[at] as string) + letter);
  }
  return all;
};

/** Patterns short enough for every request that could tell them apart to be among those that are tried. */
const small = (dialect: Dialect, path: fc.Arbitrary<string>, depth: number): fc.Arbitrary<readonly Policy[]> => {
  const name = dialect === 'featbit' ? fc.constantFrom('x', 'y', '*') : fc.constantFrom('x', 'y', '*', 'x*');
  const pattern = fc.oneof(
    { weight: 1, arbitrary: fc.constant('*') },
    { weight: 8, arbitrary: fc.array(path, { minLength: 1, maxLength: depth }).map((parts) => parts.join(':')) },
  );
  const lists = <T>(item: fc.Arbitrary<T>, key: string, notKey: string) =>
    fc.tuple(
      dialect === 'featbit' ? fc.constant(key) : fc.constantFrom(key, key, key, notKey),
      fc.array(item, { minLength: 1, maxLength: 2 }),
    );
  const statement = fc
    .tuple(
      fc.constantFrom('allow', 'allow', 'deny'),
      lists(name, 'actions', 'notActions'),
      lists(pattern, 'resources', 'notResources'),
    )
    .map(([effect, [a, actions], [r, resources]]) => ({ effect, [a]: actions, [r]: resources }) as never);
  return fc
    .array(fc.array(statement, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
    .map((all) => all.map((statements, i) => ({ name: `p${i}`, statements })));
};

const ACTIONS = ['x', 'y', 'z', 'xz'];

const requestsOf = (segments: readonly string[], depth: number): { action: string; resource: string }[] => {
  let names = [...segments];
  let last = names;
  for (let i = 1; i < depth; i += 1) {
    last = last.flatMap((name) => segments.map((segment) => `${name}:${segment}`));
    names = [...names, ...last];
  }
  return names.filter((name) => name !== '').flatMap((resource) => ACTIONS.map((action) => ({ action, resource })));
};

const oracle = (
  dialect: Dialect,
  path: fc.Arbitrary<string>,
  space: readonly { action: string; resource: string }[],
  depth: number,
  numRuns: number,
) => {
  const seen = { true: 0, false: 0, undecided: 0 };
  fc.assert(
    fc.property(small(dialect, path, depth), small(dialect, path, depth), (a, b) => {
      const [outer, inner] = [compile(a, dialect), compile(b, dialect)];
      const { covered } = ask(outer, inner);
      seen[`${covered}`] += 1;
      const found = space.find((request) => excess(outer, inner, request));
      if (covered === true) expect(found).toBeUndefined();
      // The only requests that are never shown are those with an empty segment.
      else if (covered === 'undecided') expect(found?.resource.split(':')).toContain('');
    }),
    { numRuns },
  );
  expect(seen.true).toBeGreaterThan(numRuns / 50);
  expect(seen.false).toBeGreaterThan(numRuns / 50);
  expect(seen.undecided).toBeLessThan(numRuns / 50);
};

describe.each(dialects)('covers, in the %s dialect', (dialect) => {
  it('agrees with brute force on paths of one segment', () => {
    const path = fc.string({ unit: fc.constantFrom('a', 'b', '*', '*'), minLength: 1, maxLength: 4 });
    oracle(dialect, path, requestsOf(words('abc', 5), 1), 1, 600);
  });

  it('agrees with brute force on several segments', () => {
    const path = fc.constantFrom('*', 'a', 'a*', '*a', 'b*', 'a*b');
    oracle(dialect, path, requestsOf(['c', 'a', 'b', 'ab', 'ac', 'ba', 'bc', 'ca'], 3), 2, 500);
  });

  it('agrees with brute force on tags and properties', () => {
    const braces = dialect === 'featbit' ? [] : ['a;{k:1}', '*;{k:2}', '*;t,{k:1}', '*;{k:1,l:1}'];
    const path = fc.constantFrom('*', 'a', '*;t', '*;t*', '*;*u', '*;t,u', 'a;t*,*u', '*;t*u', 'a*;*', ...braces);
    const tagSets = words('tuv', 2).slice(1).concat('tvu');
    const details = [
      '',
      ...tagSets,
      ...tagSets.flatMap((one, i) => tagSets.slice(i + 1).map((two) => `${one},${two}`)),
      't,u,v',
      'tu,tt,uu',
    ];
    const properties = dialect === 'featbit' ? [''] : ['', '{k:1}', '{k:2}', '{l:1}', '{k:1},{l:1}', '{k:2},{l:1}'];
    const segments = ['a', 'c', 'ac'].flatMap((name) =>
      details.flatMap((tags) =>
        properties
          .map((own) => [tags, own].filter((part) => part !== '').join())
          .map((rest) => (rest === '' ? name : `${name};${rest}`)),
      ),
    );
    oracle(dialect, path, requestsOf(segments, 1), 1, 400);
  });

  it('says of any two sets only what it can show', () => {
    fc.assert(
      fc.property(policies(dialect), policies(dialect), fc.integer({ min: 0, max: 300 }), (a, b, budget) => {
        const [outer, inner] = [compile(a, dialect), compile(b, dialect)];
        const full = ask(outer, inner);
        const brief = ask(outer, inner, budget);
        // Less work may leave it open, and never turn the answer round.
        if (brief.covered !== 'undecided' && full.covered !== 'undecided') expect(brief.covered).toBe(full.covered);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the laws of inclusion', () => {
    let decided = 0;
    fc.assert(
      fc.property(policies(dialect), policies(dialect), policies(dialect), (a, b, c) => {
        const [A, B, C] = [compile(a, dialect), compile(b, dialect), compile(c, dialect)];
        const never = (coverage: Coverage) => {
          expect(coverage.covered).not.toBe(false);
          if (coverage.covered === true) decided += 1;
        };
        never(ask(A, compile(a, dialect)));
        never(ask(A, intersect(A, B)));
        never(ask(B, intersect(compile(a, dialect), compile(b, dialect))));
        never(ask(A, compile([], dialect)));
        if (dialect === 'launchdarkly') never(ask(compile([...a, ...b], dialect), A));
        if (ask(A, B).covered === true) {
          if (ask(B, C).covered === true) never(ask(A, C));
          never(ask(intersect(A, B), B));
          const deny = { effect: 'deny' as const, actions: ['x'], resources: ['a*'] };
          never(
            ask(
              A,
              compile(
                b.map((policy) => ({ ...policy, statements: [...policy.statements, deny] })),
                dialect,
              ),
            ),
          );
          const allow = { effect: 'allow' as const, actions: ['y'], resources: ['*'] };
          never(ask(compile([...a, { name: 'more', statements: [allow] }], dialect), B));
        }
      }),
      { numRuns: 300 },
    );
    expect(decided).toBeGreaterThan(1_000);
  });
});
