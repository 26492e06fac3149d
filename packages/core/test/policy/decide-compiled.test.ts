import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compilePermissions,
  type Dialect,
  decide,
  explain,
  intersect,
  type PermissionSet,
  type Policy,
  type Request,
  type ResourceName,
  type Statement,
} from '../../src/policy/index.ts';
import { attributes, policies, requests, toResource } from './arbitraries.ts';
import { decideOneByOne } from './decide-one-by-one.ts';
import { policyOf } from './vectors.ts';

const toPermissions = (resources: readonly string[], dialect: Dialect): PermissionSet =>
  compilePermissions([policyOf('p', [{ effect: 'allow', actions: ['read'], resources }])], { dialect });

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

const ATTRIBUTE = `\${roleAttribute/one}`;

describe('a compiled set', () => {
  it('keeps segments apart that an attribute or a name made by hand brings separators into', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', ';', '*', ',', '{', '/'), maxLength: 12 });
    const part = fc.constantFrom('aaaaaaaa', 'aaaaaaaa*', '*', 'b', ATTRIBUTE, `aaaa${ATTRIBUTE}*`);
    const detail = fc.constantFrom('', '', ';a', ';{k:v}', `;${ATTRIBUTE}`, ';a,b*');
    const pattern = fc
      .array(fc.tuple(part, detail), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.map((both) => both.join('')).join(':'));
    const segment = fc.record({
      type: fc.oneof(fc.constantFrom('aaaaaaaa', 'aaaaaaaab', 'b'), text),
      tags: fc.constantFrom(undefined, [], ['a'], ['a', 'bb'], ['a,b']),
      properties: fc.constantFrom(undefined, {}, { k: 'v' }),
    });
    const resource = fc.oneof(
      text,
      fc
        .array(fc.constantFrom('aaaaaaaa', 'b', 'aaaaaaaa;a', 'aaaaaaaab;x,a', 'b;{k:v}', ';', 'b;a;b'), {
          minLength: 1,
          maxLength: 4,
        })
        .map((all) => all.join(':')),
      fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => ({ segments }) as unknown as ResourceName),
    );
    let allowed = 0;
    fc.assert(
      fc.property(
        fc.constantFrom('featbit' as const, 'launchdarkly' as const),
        fc.array(fc.tuple(fc.boolean(), pattern), { minLength: 1, maxLength: 8 }),
        fc.oneof(fc.constantFrom('b:b', 'aaaaaaaa', 'a;b', '*'), text),
        fc.array(resource, { minLength: 8, maxLength: 8 }),
        // Among many others it is found in other ways.
        fc.constantFrom(0, 12),
        (dialect, patterns, one, asked, others) => {
          const statements = patterns.map(
            ([deny, own]): Statement => ({ effect: deny ? 'deny' : 'allow', actions: ['x'], resources: [own] }),
          );
          for (let i = 0; i < others; i += 1) {
            statements.push({ effect: 'allow', actions: ['x'], resources: [`other/${i}`] });
          }
          const permissions = compilePermissions([policyOf('p', statements)], { dialect, attributes: { one: [one] } });
          for (const name of asked) {
            const expected = decideOneByOne(permissions, { action: 'x', resource: name });
            expect(decide(permissions, { action: 'x', resource: name })).toEqual(expected);
            if (expected.effect === 'allow') allowed += 1;
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(allowed).toBeGreaterThan(500);
  });

  it('compares all of a name, however much of it begins as is asked', () => {
    const wide = Array.from({ length: 12 }, (_, i) => `project/other:flag/${i}`);
    for (const others of [[], wide]) {
      for (const tags of ['', ';t', ';t,{k:v}']) {
        const ask = (pattern: string, name: string) => {
          const resources = [pattern, ...others];
          const permissions = compilePermissions([policyOf('p', [{ effect: 'allow', actions: ['x'], resources }])], {
            dialect: 'launchdarkly',
            attributes: { one: ['a:b'] },
          });
          return decide(permissions, { action: 'x', resource: name + tags }).effect;
        };
        // An attribute may bring a separator, which no segment of a name holds.
        const attribute = `project/shop:${ATTRIBUTE}`;
        for (const name of ['project/shop:a:b', 'project/shop:xyz', 'project/shop:xyb', 'project/shop:a']) {
          expect(ask(attribute, name), name + tags).toBe('deny');
        }
        for (const [pattern, right, wrong] of [
          ['project/shop', 'project/shop', 'project/shopshop'],
          ['project/shop:*', 'project/shop:a', 'project/shopshop:a'],
          ['project/shop:flag/a*c', 'project/shop:flag/abc', 'project/shop:flag/abd'],
          ['project/shop:flag/a*:b', 'project/shop:flag/ab:b', 'project/shop:flag/ab:c'],
          ['project/shop:flag/ab*ba', 'project/shop:flag/abba', 'project/shop:flag/aba'],
          ['project/*:flag/*b*c*', 'project/a:flag/bc', 'project/a:flag/cb'],
        ] as const) {
          expect(ask(pattern, right), right + tags).toBe('allow');
          expect(ask(pattern, wrong), wrong + tags).toBe('deny');
          expect(ask(pattern, `${right}:deeper`), right + tags).toBe('deny');
        }
      }
    }
  });

  it('takes sixteen segments and 512 characters and no more, of any text', () => {
    const permissions = compilePermissions(
      [policyOf('p', [{ effect: 'allow', actions: ['x', '__proto__'], resources: ['\ud800*', '__proto__', 'a*:*'] }])],
      { dialect: 'featbit' },
    );
    const ask = (resource: string, action = 'x') => decide(permissions, { action, resource }).effect;
    const long = (count: number) => `\ud800${'\udc00'.repeat(count - 1)}`;
    expect([ask(long(512)), ask(long(513))]).toEqual(['allow', 'deny']);
    const deep = (count: number, tags = '') => Array(count).fill('a').join(':') + tags;
    expect([ask(deep(16)), ask(deep(17))]).toEqual(['allow', 'deny']);
    expect([ask(deep(16, ';t')), ask(deep(17, ';t'))]).toEqual(['allow', 'deny']);
    expect([ask(`a;t:${deep(15)}`), ask(`a;t:${deep(16)}`)]).toEqual(['allow', 'deny']);
    expect([ask('__proto__', '__proto__'), ask('__proto__', 'toString'), ask('constructor')]).toEqual([
      'allow',
      'deny',
      'deny',
    ]);
  });

  it.each(['*:b', 'a:*b', 'a:*'])(
    'takes no separator within a path made by hand for one between paths: %s',
    (pattern) => {
      const permissions = compilePermissions(
        [policyOf('p', [{ effect: 'allow', actions: ['x'], resources: [pattern] }])],
        { dialect: 'launchdarkly' },
      );
      const named = (...types: readonly string[]) =>
        decide(permissions, {
          action: 'x',
          resource: { segments: types.map((type) => ({ type, tags: [], properties: {} })) } as unknown as ResourceName,
        }).effect;
      expect(named('a', 'b')).toBe('allow');
      expect([named('a:b'), named('a', 'c:b', 'b'), named('a:b', 'c'), named('c:a', 'q:b')]).toEqual([
        'deny',
        'deny',
        'deny',
        'deny',
      ]);
    },
  );

  it('takes patterns of a host that are longer than any request, and is no wider by them', () => {
    const lengths = [500, 511, 513, 1_023, 1_024, 1_100, 2_047, 2_100];
    const patterns = lengths.flatMap((length) => {
      const text = `p/${'x'.repeat(length - 2)}`;
      return [text, `${text}*`, `p/*${'x'.repeat(length)}`, `p/*:${'x'.repeat(length)}`];
    });
    for (const effect of ['allow', 'deny'] as const) {
      const statements = patterns.map((resource): Statement => ({ effect, actions: ['x'], resources: [resource] }));
      for (const some of [statements.slice(-1), statements.slice(0, 3), statements]) {
        const all: Statement = { effect: 'allow', actions: ['x'], resources: ['p/x*'] };
        const permissions = compilePermissions([policyOf('p', [...some, all])], { dialect: 'featbit' });
        for (const length of [6, 498, 500, 510, 511, 512]) {
          for (const resource of [`p/${'x'.repeat(length - 2)}`, `p/y:${'x'.repeat(length - 4)}`]) {
            const asked = { action: 'x', resource };
            expect(decide(permissions, asked)).toEqual(decideOneByOne(permissions, asked));
          }
        }
      }
    }
  });

  it('keeps apart what begins as is asked from all that comes next to it, up to the last character there is', () => {
    const last = '\uffff';
    const keys = ['', 'a', 'a-', `a${last}`, `a${last}${last}`, last, `${last}${last}`, 'b', 'ab', '\ud800', 'a\udfff'];
    const endings = ['', '*', ';paid', '*;paid', ':flag/x', '*:flag/x', ':flag/*', '*:*'];
    for (const dialect of ['featbit', 'launchdarkly'] as const) {
      const texts = keys.flatMap((key) => endings.map((ending) => `env/${key}${ending}`));
      const plain = [...keys.filter((key) => key !== ''), `${last}*`, `${last}${last}*`, '*'];
      const others = ['env', 'env/a:flag', 'env/a:flag/x:more/1', 'env/a;free,paid'];
      const patterns = [...texts, ...plain];
      // Alone, and among so many that names are taken apart.
      const alone = patterns.map((text) => toPermissions([text], dialect));
      const beside = patterns.map((text, i) =>
        toPermissions([...Array.from({ length: 40 }, (_, n) => `env/x${i}-${n}`), text], dialect),
      );
      for (const permissions of [...alone, ...beside]) {
        const requests = [...texts, ...plain, ...others].map((resource) => ({ action: 'read', resource }));
        const differing = requests.filter(
          (request) => decide(permissions, request).by !== decideOneByOne(permissions, request).by,
        );
        expect(differing).toEqual([]);
      }
    }
  });

  it('tells apart all names around patterns with two and three wildcards, alone and among others', () => {
    const join = (...lists: readonly (readonly string[])[]) =>
      lists.reduce((texts, list) => texts.flatMap((text) => list.map((next) => text + next)));
    const patterns = join(
      ['p/*', 'p/a*', 'p/a*a'],
      ['', ':e/x', ':*'],
      [':*', ':f/c*', ':f/*d', ':f/c*c'],
      ['', ';t', ';t,*u'],
    );
    const names = join(
      ['p/', 'p/a', 'p/aa', 'p/b', 'q/aa'],
      ['', ';z'],
      ['', ':e/x', ':e/y'],
      [':f/', ':f/c', ':f/cc', ':f/cd', ':g/d'],
      ['', ';t', ';v,wu', ':f/cd', ':f/cd;t'],
    );
    let allowed = 0;
    for (const dialect of ['featbit', 'launchdarkly'] as const) {
      for (const pattern of patterns) {
        const others = Array.from({ length: 40 }, (_, i) => `p/x${i}:f/y`);
        for (const permissions of [toPermissions([pattern], dialect), toPermissions([...others, pattern], dialect)]) {
          const differing = names.filter((resource) => {
            const request = { action: 'read', resource };
            const decision = decide(permissions, request);
            if (decision.effect === 'allow') allowed += 1;
            return decision.by !== decideOneByOne(permissions, request).by;
          });
          expect(differing, pattern).toEqual([]);
        }
      }
    }
    expect(allowed).toBeGreaterThan(5_000);
  });

  it('ends, and decides the same, where texts are made to be found in one place', () => {
    const halves = ['ab', 'ba'];
    // All of one length, with the same first and last characters and the same hash of all of them: Thue and Morse.
    let [one, other] = halves as [string, string];
    while (one.length < 64) [one, other] = [one + other, other + one];
    const texts = Array.from({ length: 64 }, (_, i) =>
      Array.from({ length: 6 }, (_, bit) => ((i >> bit) & 1 ? one : other)).join(''),
    );
    const statements = texts.map((text): Statement => ({ effect: 'allow', actions: ['x'], resources: [text] }));
    const permissions = compilePermissions([policyOf('p', statements)], { dialect: 'featbit' });
    for (const [i, resource] of texts.entries()) {
      expect(decide(permissions, { action: 'x', resource }).by?.statementIndex).toBe(i);
    }
    expect(decide(permissions, { action: 'x', resource: (texts[0] as string).replace('a', 'c') }).effect).toBe('deny');
  });

  it('is what it was compiled from, whatever becomes of that', () => {
    const statement = { effect: 'allow' as const, actions: ['x'], resources: [`project/${ATTRIBUTE}`] };
    const values = ['a'];
    const permissions = compilePermissions([policyOf('p', [statement])], {
      dialect: 'launchdarkly',
      attributes: { one: values },
    });
    statement.resources.push('*');
    statement.actions.push('*');
    values.push('b');
    const ask = (request: Request) => [
      decide(permissions, request).effect,
      explain(permissions, request).matched.length,
    ];
    expect(ask({ action: 'x', resource: 'project/a' })).toEqual(['allow', 1]);
    expect(ask({ action: 'x', resource: 'project/b' })).toEqual(['deny', 0]);
    expect(ask({ action: 'y', resource: 'project/a' })).toEqual(['deny', 0]);
    expect(decide(permissions, { action: 'x', resource: 'project/a' })).toBe(
      decide(permissions, { action: 'x', resource: 'project/a' }),
    );
  });

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
