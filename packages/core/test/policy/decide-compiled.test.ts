import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decision, decideFactor, NO_ALLOW } from '../../src/policy/decide.ts';
import {
  compilePermissions,
  type Dialect,
  decide,
  intersect,
  type PermissionSet,
  type Policy,
  type Request,
  type Statement,
} from '../../src/policy/index.ts';
import { readName } from '../../src/policy/request.ts';
import { attributes, policies, requests, toResource } from './arbitraries.ts';
import { policyOf } from './vectors.ts';

/** What PERMISSIONS says of intersections, with every statement of every set looked at. */
const decideOneByOne = ({ factors }: PermissionSet, request: Request): Decision => {
  const decisions: Decision[] = [];
  for (const factor of factors) {
    const name = readName(request, factor.dialect);
    if (name === null) return NO_ALLOW;
    decisions.push(decideFactor(factor, request.action, name));
  }
  const because = (why: string) => decisions.find((decision) => decision.effect === 'deny' && decision.because === why);
  return because('no_allow') ?? because('explicit_deny') ?? decisions[0] ?? NO_ALLOW;
};

/** Worlds with more names, tags and actions than small alphabets have, so that everything that is looked up is. */
const word = fc.constantFrom('a', 'b', 'ab', 'ba', 'aab', 'abab', 'flag', 'flags');
const number = fc.integer({ min: 0, max: 12 }).map(String);
const path = fc.oneof(
  word,
  fc.tuple(word, number).map(([w, n]) => `${w}/${n}`),
  fc.tuple(word, number).map(([w, n]) => `${w}/${n}*`),
  fc.tuple(word, number).map(([w, n]) => `${w}/*${n}`),
  fc.tuple(word, number).map(([w, n]) => `*${w}/${n}`),
  fc.tuple(word, word, number).map(([v, w, n]) => `${v}*${w}*${n}`),
  fc.constantFrom('*', '*/*', '**', '*a*'),
);
const segment = fc.oneof(
  { weight: 3, arbitrary: path },
  {
    weight: 1,
    arbitrary: fc.tuple(path, fc.array(number, { minLength: 1, maxLength: 3 })).map(([p, t]) => `${p};${t}`),
  },
  { weight: 1, arbitrary: fc.tuple(path, number).map(([p, n]) => `${p};*${n}`) },
);
const action = fc.integer({ min: 0, max: 70 }).map((n) => `act${n}`);
const statement = (dialect: Dialect): fc.Arbitrary<Statement> =>
  fc
    .tuple(
      fc.constantFrom('allow' as const, 'allow' as const, 'allow' as const, 'deny' as const),
      fc.array(fc.oneof({ weight: 12, arbitrary: action }, fc.constant('*')), { minLength: 1, maxLength: 30 }),
      fc.array(
        fc.oneof(
          fc.array(segment, { minLength: 1, maxLength: 3 }).map((all) => all.join(':')),
          fc.constant('*'),
        ),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      fc.nat(9),
    )
    .map(([effect, actions, resources, kind]) => {
      if (dialect === 'featbit' || kind > 1) return { effect, actions, resources };
      return kind === 0 ? { effect, notActions: actions, resources } : { effect, actions, notResources: resources };
    });
const world = (dialect: Dialect): fc.Arbitrary<readonly Policy[]> =>
  fc
    .array(fc.array(statement(dialect), { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 4 })
    .map((all) => all.map((statements, i) => policyOf(`p${i}`, statements)));
const request: fc.Arbitrary<Request> = fc.record({
  action: fc.oneof({ weight: 9, arbitrary: action }, fc.constant('other')),
  resource: fc
    .array(
      fc
        .tuple(
          fc.oneof(
            word,
            fc.tuple(word, number).map((parts) => parts.join('/')),
          ),
          fc.oneof(
            fc.constant(''),
            fc.array(number, { minLength: 1, maxLength: 4 }).map((tags) => `;${tags}`),
          ),
        )
        .map((parts) => parts.join('')),
      { minLength: 1, maxLength: 4 },
    )
    .map((all) => all.join(':')),
});

describe.each(['featbit', 'launchdarkly'] as const)('decide, compiled, in the %s dialect', (dialect) => {
  it('names the statement that is found when each is looked at in order', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(world(dialect), fc.array(request, { minLength: 30, maxLength: 30 }), (list, asked) => {
        const permissions = compilePermissions(list, { dialect });
        for (const one of asked) {
          const expected = decideOneByOne(permissions, one);
          expect(decide(permissions, one)).toEqual(expected);
          const outcome = expected.effect === 'allow' ? 'allow' : expected.because;
          seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        }
      }),
      { numRuns: 150 },
    );
    for (const outcome of ['allow', 'explicit_deny', 'no_allow']) expect(seen.get(outcome)).toBeGreaterThan(100);
  });

  it('does so for unknown tags and properties, and for intersections', () => {
    fc.assert(
      fc.property(policies(dialect), policies('featbit'), requests, (a, b, asked) => {
        const permissions = intersect(
          compilePermissions(a, { dialect, attributes }),
          compilePermissions(b, { dialect: 'featbit' }),
        );
        const one = { action: asked.action, resource: toResource(asked) };
        expect(decide(permissions, one)).toEqual(decideOneByOne(permissions, one));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a compiled set', () => {
  it('finds tags with and without wildcards beside many others', () => {
    const tags = ['a', 'b', 'c', 'd', 'e', 'f,x*', '*y', 'g,h'];
    for (const [dialect, both] of [
      ['featbit', 'allow'],
      ['launchdarkly', 'deny'],
    ] as const) {
      const permissions = compilePermissions(
        [policyOf('p', [{ effect: 'allow', actions: ['see'], resources: tags.map((tag) => `flag/*;${tag}`) }])],
        { dialect },
      );
      const ask = (resource: string) => decide(permissions, { action: 'see', resource }).effect;
      for (const tag of ['a', 'e', 'ay', 'f,xx', 'g,h', 'z,d', 'h,g']) expect(ask(`flag/1;${tag}`), tag).toBe('allow');
      for (const tag of ['z', '', ',', 'aa', 'yb', 'ab,ba']) expect(ask(`flag/1;${tag}`), tag).toBe('deny');
      for (const tag of ['f', 'xx', 'g', 'h']) expect(ask(`flag/1;${tag}`), tag).toBe(both);
    }
  });

  it('keeps apart texts with the same hash', () => {
    // Thue and Morse: these two have the same polynomial hash modulo 2^32, whatever the base.
    let [one, other] = ['a', 'b'];
    while (one.length < 256) [one, other] = [one + other, other + one];
    for (const pattern of [one, `${one}*`, `*${one}`, `${one}*${one}`.slice(1)]) {
      const permissions = compilePermissions(
        [policyOf('p', [{ effect: 'allow', actions: ['x'], resources: [pattern] }])],
        { dialect: 'featbit' },
      );
      const ask = (resource: string) => decide(permissions, { action: 'x', resource }).effect;
      expect(ask(pattern.replace('*', ''))).toBe('allow');
      expect(ask(pattern.replace('*', '').replace(one, other))).toBe('deny');
    }
  });

  it('is decided by from any state that an earlier decision left', () => {
    const permissions = compilePermissions(
      [policyOf('p', [{ effect: 'allow', actions: ['x'], resources: ['project/a:flag/*;paid', 'project/b'] }])],
      { dialect: 'featbit' },
    );
    const ask = (resource: string) => decide(permissions, { action: 'x', resource }).effect;
    expect(ask('project/a:flag/one;paid')).toBe('allow');
    expect(ask('project/a:flag/one')).toBe('deny');
    expect(ask('project/b:flag/one:of:many:segments')).toBe('allow');
    expect(ask('project/a')).toBe('deny');
    expect(ask('')).toBe('deny');
    expect(ask('project/b')).toBe('allow');
  });
});
