import { describe, expect, it } from 'vitest';
import {
  type Dialect,
  type ParseResult,
  parsePolicies,
  parseStatements,
  readHostPolicies,
} from '../../src/policy/index.ts';

const dialects: readonly Dialect[] = ['featbit', 'launchdarkly'];

const statement = { effect: 'allow', actions: ['a'], resources: ['r'] };
const withStatement = (...statements: unknown[]): unknown => [{ name: 'p', statements }];
const at = (place: string): string => `[0].statements[0]${place}`;

/** Paths and codes; nothing where it was read. */
const problemsOf = (result: ParseResult<unknown>): readonly (readonly [path: string, code: string])[] =>
  result.ok ? [] : result.problems.map(({ path, code }) => [path, code]);

/** How often anything is asked of an object: what reading it takes, whatever the machine. */
const counting = <T extends object>(target: T): { readonly proxy: T; readonly asked: () => number } => {
  let asked = 0;
  const counted = <K extends keyof ProxyHandler<T>>(trap: K): ProxyHandler<T> => ({
    [trap]: (...args: unknown[]) => {
      asked += 1;
      return (Reflect[trap as keyof typeof Reflect] as (...all: unknown[]) => unknown)(...args);
    },
  });
  const handler = {
    ...counted('get'),
    ...counted('has'),
    ...counted('ownKeys'),
    ...counted('getOwnPropertyDescriptor'),
  };
  return { proxy: new Proxy(target, handler), asked: () => asked };
};

describe.each(dialects)('bad policies, in the %s dialect: every problem with its path', (dialect) => {
  it.each<[string, unknown, readonly (readonly [string, string])[]]>([
    ['nothing', undefined, [['', 'not_a_list']]],
    ['text', '[]', [['', 'not_a_list']]],
    ['a number', 7, [['', 'not_a_list']]],
    ['an object that looks like a list', { length: 1, 0: {} }, [['', 'not_a_list']]],
    [
      'policies that are no objects',
      [null, 1, 'p', [], true],
      [0, 1, 2, 3, 4].map((i) => [`[${i}]`, 'not_an_object'] as const),
    ],
    [
      'a policy without anything',
      [{}],
      [
        ['[0].name', 'missing'],
        ['[0].statements', 'missing'],
      ],
    ],
    [
      'statements that are no objects',
      withStatement(null, 'x', [statement]),
      [0, 1, 2].map((i) => [`[0].statements[${i}]`, 'not_an_object'] as const),
    ],
    [
      'several at once, each where it is',
      [
        { name: 1, statements: [{ effect: 'Allow', actions: 'a', resources: ['', 2] }] },
        { name: '', statements: {} },
      ],
      [
        ['[0].name', 'not_text'],
        ['[0].statements[0].effect', 'unknown_effect'],
        ['[0].statements[0].actions', 'not_a_list'],
        ['[0].statements[0].resources[0]', 'empty_text'],
        ['[0].statements[0].resources[1]', 'not_text'],
        ['[1].name', 'empty_text'],
        ['[1].statements', 'not_a_list'],
      ],
    ],
  ])('%s', (_, input, problems) => {
    expect(problemsOf(parsePolicies(input, dialect))).toEqual(problems);
  });

  it.each<[string, string, string, string | null]>([
    ['512 characters', 'resources', 'r'.repeat(512), null],
    ['513 characters', 'resources', 'r'.repeat(513), 'pattern_too_long'],
    ['513 characters of an action', 'actions', 'a'.repeat(513), 'action_too_long'],
    ['16 segments', 'resources', Array(16).fill('r').join(':'), null],
    ['17 segments', 'resources', Array(17).fill('r').join(':'), 'too_many_segments'],
    ['17 tags', 'resources', `r;${Array(17).fill('t').join()}`, 'too_many_tags'],
    ['half of a character', 'resources', 'r/\ud800', 'ill_formed_text'],
    ['the other half', 'actions', 'a\udc00', 'ill_formed_text'],
    ['halves in the wrong order', 'resources', 'r;\udc00\ud800', 'ill_formed_text'],
    ['a whole one', 'resources', 'r/\ud83d\ude00', null],
    ['a control character', 'resources', 'r\u0000', 'ill_formed_text'],
  ])('%s', (_, list, text, code) => {
    const input = withStatement({ ...statement, [list]: ['fine', text] });
    expect(problemsOf(parsePolicies(input, dialect))).toEqual(code === null ? [] : [[at(`.${list}[1]`), code]]);
  });

  it('a name or a description with half of a character', () => {
    const input = [{ name: 'p\ud800', description: 'd\udc00', statements: [{ ...statement, id: '\ud800' }] }];
    expect(problemsOf(parsePolicies(input, dialect))).toEqual([
      ['[0].name', 'ill_formed_text'],
      [at('.id'), 'ill_formed_text'],
      ['[0].description', 'ill_formed_text'],
    ]);
  });

  it('a key that names a prototype, of its own or as the prototype itself', () => {
    const json =
      '[{"name":"p","statements":[{"effect":"allow","actions":["a"],"resources":["r"],"__proto__":{"x":1}}]}]';
    expect(problemsOf(parsePolicies(JSON.parse(json), dialect))).toEqual([[at('.__proto__'), 'unknown_key']]);
    for (const key of ['constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      expect(problemsOf(parsePolicies(withStatement({ ...statement, [key]: 1 }), dialect))).toEqual([
        [at(`.${key}`), 'unknown_key'],
      ]);
    }
    const inherited: unknown = withStatement(Object.create(statement));
    expect(problemsOf(parsePolicies(inherited, dialect)).map(([, code]) => code)).toEqual(Array(3).fill('missing'));
    expect({}).not.toHaveProperty('x');
  });

  it('lists and objects ten thousand deep, wherever they stand', () => {
    let deep: unknown = 'end';
    for (let i = 0; i < 10_000; i += 1) deep = i % 2 === 0 ? [deep] : { statements: deep };
    const nested = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    for (const value of [deep, [deep], JSON.parse(nested)]) {
      expect(problemsOf(parsePolicies(value, dialect))).not.toEqual([]);
      for (const key of ['effect', 'actions', 'resources', 'id']) {
        const found = problemsOf(parsePolicies(withStatement({ ...statement, [key]: value }), dialect));
        expect(found.length).toBeGreaterThan(0);
        for (const [path] of found) expect(path.startsWith(at(`.${key}`))).toBe(true);
      }
    }
  });
});

describe.each(dialects)('ten megabytes of policies, in the %s dialect', (dialect) => {
  const SIZE = 10 * 2 ** 20;

  it('are read where nothing is wrong with them', () => {
    const resource = `project/${'p'.repeat(90)}`;
    const count = Math.ceil(SIZE / resource.length);
    const input = withStatement({ ...statement, resources: Array(count).fill(resource) });
    expect(problemsOf(parsePolicies(input, dialect))).toEqual([]);
  });

  it.each<[string, (count: number) => unknown]>([
    ['policies that are no objects', (count) => Array(count).fill(1)],
    ['statements that are no objects', (count) => withStatement(...Array<unknown>(count).fill(null))],
    ['empty resources', (count) => withStatement({ ...statement, resources: Array(count).fill('') })],
    [
      'unknown keys',
      (count) =>
        withStatement({ ...statement, ...Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i])) }),
    ],
  ])('name a thousand of their problems and say that there are more: %s', (_, create) => {
    const result = parsePolicies(create(100_000), dialect);
    const found = problemsOf(result);
    expect(found).toHaveLength(1_001);
    expect(found.at(-1)).toEqual(['', 'too_many_problems']);
    expect(new Set(found.map(([path]) => path)).size).toBe(1_001);
  });

  it('of a single text are one problem, and no longer than a person can read', () => {
    const long = 'x'.repeat(SIZE);
    const inputs: [unknown, string][] = [
      [withStatement({ ...statement, resources: [long] }), at('.resources[0]')],
      [withStatement({ ...statement, actions: [long] }), at('.actions[0]')],
      [withStatement({ ...statement, resources: [`${'r:'.repeat(SIZE / 2)}`] }), at('.resources[0]')],
      [withStatement({ ...statement, effect: long }), at('.effect')],
    ];
    for (const [input, path] of inputs) {
      const result = parsePolicies(input, dialect);
      expect(problemsOf(result).map(([where]) => where)).toEqual([path]);
      expect(JSON.stringify(result).length).toBeLessThan(500);
    }
    const key = parsePolicies(withStatement({ ...statement, [long]: 1 }), dialect);
    expect(JSON.stringify(key).length).toBeLessThan(500);
  });

  it('are looked at no further than their problems are listed', () => {
    const { proxy, asked } = counting(Array<unknown>(1_000_000).fill(null));
    const found = problemsOf(parsePolicies(proxy, dialect));
    expect(found).toHaveLength(1_001);
    expect(asked()).toBeLessThan(10_000);
    const statements = counting(Array<unknown>(1_000_000).fill({}));
    expect(problemsOf(parseStatements(statements.proxy, dialect))).toHaveLength(1_001);
    expect(statements.asked()).toBeLessThan(10_000);
  });

  it('from a host empty the set or are read, and are never thrown about', () => {
    const resources = Array(100_000).fill(`r/${'x'.repeat(100)}`);
    expect(readHostPolicies(withStatement({ ...statement, resources }), dialect).unreadable).toEqual([]);
    const spoiled = readHostPolicies(withStatement({ ...statement, resources: [...resources, null] }), dialect);
    expect(spoiled.policies).toEqual([]);
    expect(spoiled.unreadable.length).toBeGreaterThan(0);
  });
});
