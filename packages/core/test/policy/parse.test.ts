import { describe, expect, it } from 'vitest';
import {
  checkTokenLimits,
  compilePermissions,
  type Dialect,
  decide,
  findUnknownActions,
  type PolicyProblem,
  parsePolicies,
  parseStatements,
  readHostPolicies,
  type Statement,
} from '../../src/policy/index.ts';
import { catalogues, readVectors } from './vectors.ts';

type Case = readonly [dialect: Dialect, input: unknown, problems: readonly (readonly [string, string])[]];

const short = (problems: readonly PolicyProblem[]) => problems.map(({ path, code }) => [path, code]);

const one = (statement: object) => [
  { name: 'p', statements: [{ effect: 'allow', actions: ['a'], resources: ['a'], ...statement }] },
];

describe('parsePolicies', () => {
  const { cases } = readVectors('parse-problems') as { cases: readonly Case[] };

  it.each(cases)('%s %j', (dialect, input, problems) => {
    const result = parsePolicies(input, dialect);
    expect(result.ok ? [] : short(result.problems)).toEqual(problems);
    for (const problem of result.ok ? [] : result.problems) expect(problem.message).toMatch(/^[A-Z].*\.$/);
  });

  it('names the limit that a pattern is beyond', () => {
    const ask = (pattern: string) => {
      const result = parsePolicies(one({ resources: [pattern] }), 'featbit');
      return result.ok
        ? 'ok'
        : result.problems.map(({ code, message }) => `${code} ${/\d+/.exec(message)?.[0]}`).join();
    };
    expect(ask('a'.repeat(512))).toBe('ok');
    expect(ask('a'.repeat(513))).toBe('pattern_too_long 512');
    expect(ask(Array(16).fill('a').join(':'))).toBe('ok');
    expect(ask(Array(17).fill('a').join(':'))).toBe('too_many_segments 16');
    expect(ask(`a;${Array(16).fill('t').join()}`)).toBe('ok');
    expect(ask(`a;${Array(17).fill('t').join()}`)).toBe('too_many_tags 16');
    const action = parsePolicies(one({ actions: ['a'.repeat(513)] }), 'launchdarkly');
    expect(action.ok ? [] : short(action.problems)).toEqual([['[0].statements[0].actions[0]', 'action_too_long']]);
  });

  it('keeps of a policy what it knows and nothing else', () => {
    const input = [{ ...one({ id: 's', resourceType: 'flag' })[0], id: 'i', builtIn: true, secret: 'no' }];
    expect(parsePolicies(input, 'featbit')).toEqual({
      ok: true,
      value: [
        {
          name: 'p',
          id: 'i',
          builtIn: true,
          statements: [{ effect: 'allow', actions: ['a'], resources: ['a'], id: 's', resourceType: 'flag' }],
        },
      ],
    });
  });

  it('takes nothing from a prototype', () => {
    const inherited = Object.create({ effect: 'allow', actions: ['*'], resources: ['*'] }) as object;
    const result = parsePolicies([{ name: 'p', statements: [inherited] }], 'featbit');
    expect(result.ok ? [] : short(result.problems).map(([, code]) => code)).toEqual(['missing', 'missing', 'missing']);
    const own = parsePolicies(
      JSON.parse(
        '[{"name":"p","statements":[{"effect":"allow","actions":["a"],"resources":["a"],"__proto__":{"x":1}}]}]',
      ),
      'featbit',
    );
    expect(own.ok ? [] : short(own.problems)).toEqual([['[0].statements[0].__proto__', 'unknown_key']]);
    expect(Object.prototype).not.toHaveProperty('x');
  });

  it('never throws, whatever it is given', () => {
    let deep: unknown = [];
    for (let i = 0; i < 100_000; i += 1) deep = [deep];
    const cyclic: unknown[] = [];
    cyclic.push({ name: cyclic, statements: cyclic });
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const thrower = {
      get name(): string {
        throw new Error('no');
      },
    };
    const hostile = [
      deep,
      cyclic,
      proxy,
      [proxy],
      [thrower],
      [{ name: 'p', statements: proxy }],
      Symbol('s'),
      () => 1,
      1n,
      new Date(),
      new Map(),
      'x'.repeat(1_000_000),
      Array(1_000_000),
      [{ name: 'p', statements: Array(100_000).fill(deep) }],
      one({ actions: Array(100_000) }),
      one({ ['k'.repeat(1_000_000)]: 1 }),
      one({ resources: [';'.repeat(512), '{'.repeat(512), ';{'.repeat(256)] }),
    ];
    for (const input of hostile) {
      for (const dialect of ['featbit', 'launchdarkly'] as const) {
        const parsed = parsePolicies(input, dialect);
        if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0);
        if (!parsed.ok) expect(parsed.problems.length).toBeLessThanOrEqual(1_001);
        expect(JSON.stringify(parsed).length).toBeLessThan(1_000_000);
        expect(parseStatements(input, dialect).ok).toBe(false);
        const host = readHostPolicies(input, dialect);
        if (host.unreadable.length > 0) expect(host.policies).toEqual([]);
      }
    }
  });
});

describe('what is read of a policy', () => {
  const statements = [{ effect: 'allow', actions: ['a'], resources: ['a'] }];

  it('is kept to the letter, with nothing that was not there', () => {
    const full = { name: 'p', id: 'i', description: 'd', builtIn: true, statements };
    expect(parsePolicies([full, { name: 'q', statements, color: 'red' }], 'featbit')).toStrictEqual({
      ok: true,
      value: [full, { name: 'q', statements }],
    });
  });

  it('has each problem with its place and a sentence', () => {
    const problemsOf = (input: unknown) => {
      const result = parsePolicies(input, 'featbit');
      return result.ok ? [] : result.problems;
    };
    expect(problemsOf([{ name: 'p', id: 1, description: 2, statements }]).map(({ path }) => path)).toEqual([
      '[0].id',
      '[0].description',
    ]);
    expect(problemsOf([{}, 5])).toEqual([
      { path: '[0].name', code: 'missing', message: 'A policy needs a name.' },
      { path: '[0].statements', code: 'missing', message: 'A policy needs a list of statements.' },
      { path: '[1]', code: 'not_an_object', message: 'A policy is an object with a name and statements.' },
    ]);
    const throwing = new Proxy([], {
      get: () => {
        throw new Error('mine');
      },
    });
    expect(problemsOf(throwing)).toEqual([{ path: '', code: 'unreadable', message: 'This could not be read.' }]);
  });

  it('is told of a thousand problems, and that there are more', () => {
    const problemsOf = (count: number) => {
      const result = parsePolicies(Array(count).fill(5), 'featbit');
      return result.ok ? [] : result.problems;
    };
    expect(problemsOf(1_000)).toHaveLength(1_000);
    expect(problemsOf(1_000).at(-1)).toMatchObject({ path: '[999]', code: 'not_an_object' });
    for (const count of [1_001, 5_000]) {
      expect(problemsOf(count)).toHaveLength(1_001);
      expect(problemsOf(count).at(-1)).toEqual({
        path: '',
        code: 'too_many_problems',
        message: 'There are more problems than are listed.',
      });
    }
  });

  it('is not measured by what people may write where the host wrote it', () => {
    const name = '\ud800';
    expect(parsePolicies([{ name, statements }], 'featbit').ok).toBe(false);
    expect(readHostPolicies([{ name, statements }], 'featbit')).toEqual({
      policies: [{ name, statements }],
      unreadable: [],
    });
  });
});

describe('parseStatements', () => {
  it('is as strict as parsePolicies: people write here, and nothing is ignored', () => {
    const [{ statements } = { statements: [] }] = one({ effect: 'permit', comment: 'x' });
    const result = parseStatements(statements, 'featbit');
    expect(result.ok ? [] : short(result.problems).sort()).toEqual([
      ['[0].comment', 'unknown_key'],
      ['[0].effect', 'unknown_effect'],
    ]);
  });

  it('has the checks of parsePolicies, with paths from the list', () => {
    const result = parseStatements([{ effect: 'allow', actions: ['a*'], resources: ['a'] }], 'featbit');
    expect(result.ok ? [] : short(result.problems)).toEqual([['[0].actions[0]', 'action_wildcard']]);
    expect(parseStatements([], 'featbit')).toEqual({ ok: true, value: [] });
  });
});

describe('checkTokenLimits', () => {
  const statement: Statement = { effect: 'allow', actions: ['a'], resources: ['a'] };

  it('takes 100 statements and not 101', () => {
    expect(checkTokenLimits(Array(100).fill(statement))).toEqual([]);
    expect(checkTokenLimits(Array(101).fill(statement))).toEqual([
      { path: '', code: 'too_many_statements', message: 'A token has at most 100 statements.' },
    ]);
    const large = [{ ...statement, description: 'a'.repeat(65_536) }];
    expect(checkTokenLimits(large)).toEqual([
      { path: '', code: 'statements_too_large', message: "A token's statements have at most 65536 bytes." },
    ]);
  });

  it('takes 64 KiB of UTF-8 and no more', () => {
    const sized = (bytes: number, letter: string, width: number) => {
      const empty = JSON.stringify([{ ...statement, description: '' }]).length;
      const room = bytes - empty;
      // What doesn't divide evenly is filled up with letters of one byte.
      return [{ ...statement, description: 'a'.repeat(room % width) + letter.repeat(room / width) }];
    };
    for (const [letter, width] of [
      ['a', 1],
      ['\u007f', 1],
      ['\u0080', 2],
      ['é', 2],
      ['\u07ff', 2],
      ['\u0800', 3],
      ['漢', 3],
      ['\uffff', 3],
      ['\u{10000}', 4],
      ['😀', 4],
    ] as const) {
      const fitting = sized(65_536, letter, width);
      expect(checkTokenLimits(fitting), letter).toEqual([]);
      expect(short(checkTokenLimits(sized(65_536 + width, letter, width))), letter).toEqual([
        ['', 'statements_too_large'],
      ]);
    }
  });
});

describe('readHostPolicies', () => {
  const outcome = (input: unknown, dialect: Dialect, action = 'a', resource = 'x') =>
    decide(compilePermissions(readHostPolicies(input, dialect).policies, { dialect }), { action, resource }).effect;
  const allow = { effect: 'allow', actions: ['*'], resources: ['*'] };
  const list = (...statements: object[]) => [{ name: 'p', statements }];

  it.each(['Allow', 'ALLOW', ' allow', 'audit', null, 1, undefined])(
    'takes the effect %j for a deny (featbit)',
    (effect) => {
      expect(outcome(list(allow), 'featbit')).toBe('allow');
      expect(outcome(list(allow, { effect, actions: ['a'], resources: ['x'] }), 'featbit')).toBe('deny');
      expect(outcome(list(allow, { effect, actions: ['b'], resources: ['x'] }), 'featbit')).toBe('allow');
    },
  );

  it('finds an unknown effect unreadable (launchdarkly)', () => {
    expect(outcome(list(allow, { effect: 'Allow', actions: ['b'], resources: ['y'] }), 'launchdarkly')).toBe('deny');
  });

  it('ignores keys that it does not know', () => {
    const more = { condition: { ip: '10.0.0.0/8' }, notActions: ['a'], id: null, description: 7 };
    expect(outcome(list({ ...allow, ...more }), 'featbit')).toBe('allow');
    expect(readHostPolicies([{ name: 'p', statements: [], key: 'k', id: null }], 'featbit').unreadable).toEqual([]);
  });

  it.each([
    null,
    {},
    [null],
    [{}],
    [{ name: 'p' }],
    [{ name: 'p', statements: {} }],
    [{ name: 'p', statements: '[]' }],
    list('x' as never),
    list(allow, { effect: 'deny', actions: 'a', resources: ['x'] }),
    list(allow, { effect: 'deny', resources: ['x'] }),
    list(allow, { effect: 'deny', actions: ['a'], resources: [''] }),
    list(allow, { effect: 'deny', actions: [null], resources: ['x'] }),
  ])('empties the whole set for anything else unreadable: %j', (input) => {
    for (const dialect of ['featbit', 'launchdarkly'] as const) {
      // A policy beside it that could be read alone is no help: what was lost may have been its deny.
      const read = readHostPolicies(Array.isArray(input) ? [...input, ...list(allow)] : input, dialect);
      expect(read.policies).toEqual([]);
      expect(read.unreadable.length).toBeGreaterThan(0);
    }
  });

  it('refuses nothing for its size, and it compiles', () => {
    const long = `project/${'a'.repeat(2_000)}*`;
    const deep = Array(40).fill('*').join(':');
    const statements = Array.from({ length: 2_000 }, (_, i) => ({
      ...allow,
      effect: 'deny',
      resources: [long, deep, `k/${i}`],
    }));
    expect(outcome(list(allow, ...statements), 'featbit')).toBe('allow');
    expect(outcome(list(allow, ...statements), 'featbit', 'a', 'k/1999')).toBe('deny');
  });

  it('compares a featbit action with a wildcard as the host does: by its name', () => {
    expect(outcome(list({ ...allow, actions: ['Up*'] }), 'featbit', 'Update')).toBe('deny');
    expect(outcome(list({ ...allow, actions: ['Up*'] }), 'featbit', 'Up*')).toBe('allow');
  });

  it('is never wider than the strict reader where both read', () => {
    const { cases } = readVectors('parse-problems') as { cases: readonly Case[] };
    for (const [dialect, input] of cases) {
      const strict = parsePolicies(input, dialect);
      if (strict.ok) expect(readHostPolicies(input, dialect)).toEqual({ policies: strict.value, unreadable: [] });
    }
  });
});

describe('findUnknownActions', () => {
  it('finds names and wildcards that mean nothing in this host', () => {
    const ask = (dialect: 'featbit' | 'launchdarkly', actions: string[], key = 'actions') =>
      short(findUnknownActions([{ effect: 'allow', [key]: actions, resources: ['*'] }], catalogues[dialect]));
    expect(ask('featbit', ['*', 'ToggleFlag'])).toEqual([]);
    expect(ask('featbit', ['ToggleFlag', 'toggleFlag'])).toEqual([['[0].actions[1]', 'unknown_action']]);
    expect(ask('launchdarkly', ['update*', 'zap*'], 'notActions')).toEqual([['[0].notActions[1]', 'unknown_action']]);
  });

  it('knows every action of the built-in policies', () => {
    for (const catalogue of Object.values(catalogues)) {
      for (const { statements } of catalogue.policies) expect(findUnknownActions(statements, catalogue)).toEqual([]);
    }
  });
});
