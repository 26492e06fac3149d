import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compilePermissions,
  type Dialect,
  decide,
  intersect,
  type PermissionSet,
  type Policy,
} from '../../src/policy/index.ts';
import { askCovers, isBare, isExcess, type TextRequest } from './ask-covers.ts';
import { runs } from './depth.ts';
import { naiveDecide } from './naive-decide.ts';

const ATTRIBUTES = { one: ['a'], two: ['b', '*', 'ab'], empty: [] };

const attribute = (key: string) => `\${roleAttribute/${key}}`;

/** All words over the letters, the empty one first. */
const words = (letters: string, longest: number): string[] => {
  const all = [''];
  for (let at = 0; all[at] !== undefined && (all[at] as string).length < longest; at += 1) {
    for (const letter of letters) all.push((all[at] as string) + letter);
  }
  return all;
};

interface Side {
  readonly dialect: Dialect;
  readonly policies: readonly Policy[];
}

/**
 * Patterns short enough for every request that could tell them apart to be among those that are tried: allows and denies,
 * in both kinds of lists where the dialect has them, in one policy or in two.
 */
const side = (dialect: Dialect, path: fc.Arbitrary<string>, depth: number): fc.Arbitrary<Side> => {
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
    .map((all) => ({ dialect, policies: all.map((statements, i) => ({ name: `p${i}`, statements })) }));
};

const setOf = ([first, ...others]: readonly Side[]): PermissionSet => {
  const compile = ({ dialect, policies }: Side) => compilePermissions(policies, { dialect, attributes: ATTRIBUTES });
  return intersect(compile(first as Side), ...others.map(compile));
};

const ACTIONS = ['x', 'y', 'z', 'xz'];

const requestsOf = (segments: readonly string[], depth: number): readonly TextRequest[] => {
  let names = [...segments];
  let last = names;
  for (let i = 1; i < depth; i += 1) {
    last = last.flatMap((name) => segments.map((segment) => `${name}:${segment}`));
    names = [...names, ...last];
  }
  return names
    .filter((name) => name !== '')
    .sort((a, b) => a.length - b.length)
    .flatMap((resource) => ACTIONS.map((action) => ({ action, resource })));
};

/** For a counterexample of plain segments: what the slow, second implementation says of it. */
const isNaiveExcess = (outer: Side, inner: Side, { action, resource }: TextRequest): boolean => {
  const segments = resource.split(':').map((path) => ({ path, tags: [], properties: {} }));
  const by = ({ policies, dialect }: Side) => naiveDecide(policies, dialect, ATTRIBUTES, { action, segments });
  return by(inner) === 'allow' && by(outer) !== 'allow';
};

/** `space`: shortest first. Nothing in it may be shorter than the counterexample that is shown. */
const compareWithBruteForce = (
  sides: fc.Arbitrary<readonly Side[]>,
  space: readonly TextRequest[],
  numRuns: number,
): void => {
  const seen = { true: 0, false: 0, undecided: 0 };
  fc.assert(
    fc.property(sides, sides, (a, b) => {
      const [outer, inner] = [setOf(a), setOf(b)];
      const coverage = askCovers(outer, inner);
      seen[`${coverage.covered}`] += 1;
      const found = space.find((request) => isExcess(outer, inner, request));
      if (coverage.covered === true) expect(found).toBeUndefined();
      // The only requests that are never shown are those with an empty segment.
      else if (coverage.covered === 'undecided') expect(found?.resource.split(':')).toContain('');
      else {
        const { counterexample } = coverage;
        const shortest = space.find((request) => !isBare(request.resource) && isExcess(outer, inner, request));
        if (shortest !== undefined) {
          expect(isBare(counterexample.resource)).toBe(false);
          expect(counterexample.resource.length).toBeLessThanOrEqual(shortest.resource.length);
        }
        const [first, second] = [a[0] as Side, b[0] as Side];
        if (a.length + b.length === 2 && !/[;{]/.test(counterexample.resource)) {
          expect(isNaiveExcess(first, second, counterexample)).toBe(true);
        }
      }
    }),
    runs(numRuns),
  );
  const { numRuns: done = numRuns } = runs(numRuns);
  expect(seen.true).toBeGreaterThan(done / 50);
  expect(seen.false).toBeGreaterThan(done / 50);
  expect(seen.undecided).toBeLessThan(done / 50);
};

const alone = (one: fc.Arbitrary<Side>): fc.Arbitrary<readonly Side[]> => one.map((each) => [each]);

const dialects = ['featbit', 'launchdarkly'] as const;

describe.each(dialects)('covers agrees with brute force, and shows nothing longer, in the %s dialect', (dialect) => {
  it('on paths of one segment', () => {
    const path = fc.string({ unit: fc.constantFrom('a', 'b', '*', '*'), minLength: 1, maxLength: 4 });
    compareWithBruteForce(alone(side(dialect, path, 1)), requestsOf(words('abc', 5), 1), 600);
  });

  it('on several segments', () => {
    const path = fc.constantFrom('*', 'a', 'a*', '*a', 'b*', 'a*b');
    compareWithBruteForce(alone(side(dialect, path, 2)), requestsOf(words('abc', 2).slice(1), 3), 300);
  });

  it('on slashes, which no example should begin or end with', () => {
    const path = fc.constantFrom('*', 'a/*', '*/b', '*/*', 'a*', '*/', 'a/b', '*b');
    compareWithBruteForce(alone(side(dialect, path, 1)), requestsOf(words('ab/c', 5), 1), 150);
  });

  it('on tags, any of which is enough or all of which are needed, and properties', () => {
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
    compareWithBruteForce(alone(side(dialect, path, 1)), requestsOf(segments, 1), 400);
  });
});

describe('covers agrees with brute force, and shows nothing longer,', () => {
  it('on role attributes: set, with a star in a value, empty and unset', () => {
    const path = fc.constantFrom(
      ...['*', 'a', 'b*', '*b'],
      ...['one', 'two', 'empty', 'unset'].flatMap((key) => [
        attribute(key),
        `${attribute(key)}*`,
        `a${attribute(key)}`,
      ]),
    );
    compareWithBruteForce(alone(side('launchdarkly', path, 1)), requestsOf(words('ab*c', 4), 1), 300);
  });

  it('on intersections of sets of both dialects', () => {
    const path = fc.constantFrom('*', 'a', 'a*', '*a', 'b*', 'a*b');
    const one = fc.constantFrom(...dialects).chain((dialect) => side(dialect, path, 1));
    const several = fc.array(one, { minLength: 1, maxLength: 3 });
    compareWithBruteForce(several, requestsOf(words('abc', 3).slice(1), 2), 250);
  });

  it('on sets of one dialect by sets of the other', () => {
    const path = fc.constantFrom('*', 'a', 'a*', '*b', '*;t', '*;t,u', 'a*;t*');
    const tags = ['', ';t', ';u', ';t,u', ';tx', ';x'];
    const space = requestsOf(
      ['a', 'b', 'c', 'ab', 'ac'].flatMap((name) => tags.map((own) => name + own)),
      2,
    );
    for (const [outer, inner] of [dialects, [...dialects].reverse()] as [Dialect, Dialect][]) {
      fc.assert(
        fc.property(side(outer, path, 1), side(inner, path, 1), (a, b) => {
          const [wide, narrow] = [setOf([a]), setOf([b])];
          const found = space.find((request) => isExcess(wide, narrow, request));
          expect(askCovers(wide, narrow).covered).toBe(found === undefined);
        }),
        runs(100),
      );
    }
  });
});

it('decides a request that is too long for any host, and takes it for no excess', () => {
  const long = setOf([
    {
      dialect: 'featbit',
      policies: [{ name: 'p', statements: [{ effect: 'allow', actions: ['a'], resources: ['x'.repeat(600)] }] }],
    },
  ]);
  expect(decide(long, { action: 'a', resource: 'x'.repeat(600) }).effect).toBe('deny');
  expect(askCovers(setOf([{ dialect: 'featbit', policies: [] }]), long).covered).not.toBe(false);
});
