import { describe, expect, it } from 'vitest';
import {
  compilePermissions,
  type Decision,
  type Dialect,
  decide,
  decideLayers,
  intersect,
  LIMITS,
  parsePolicies,
  parseResource,
  type RoleAttributes,
  readHostPolicies,
  resource,
  type Statement,
} from '../../src/policy/index.ts';
import { policyOf, readVectors } from './vectors.ts';

interface Vectors {
  readonly dialect: Dialect;
  readonly cases: readonly {
    readonly says: string;
    readonly attributes?: RoleAttributes;
    readonly policies: readonly (readonly Statement[])[];
    readonly requests: readonly (readonly [action: string, resource: unknown, outcome: string])[];
  }[];
}

const outcome = (decision: Decision) => (decision.effect === 'allow' ? 'allow' : decision.because);

const allowAll: Statement = { effect: 'allow', actions: ['*'], resources: ['*'] };

describe.each(['featbit', 'launchdarkly'])('decide by vectors, %s', (file) => {
  const { dialect, cases } = readVectors(`decide-${file}`) as Vectors;

  it.each(cases)('$says', ({ policies, attributes = {}, requests }) => {
    const list = policies.map((statements, i) => policyOf(`p${i}`, statements));
    const permissions = compilePermissions(list, { dialect, attributes });
    // What the host stores is decided alike, read by the reader that never widens.
    const host = compilePermissions(readHostPolicies(list, dialect).policies, { dialect, attributes });
    for (const [action, asked, expected] of requests) {
      const request = { action, resource: parseResource(asked) };
      expect([action, asked, outcome(decide(permissions, request))]).toEqual([action, asked, expected]);
      expect(decide(host, request)).toEqual(decide(permissions, request));
    }
  });
});

describe('a request', () => {
  const everything = { featbit: [allowAll], launchdarkly: [allowAll] } as const;

  it.each(['featbit', 'launchdarkly'] as const)('beyond its limits is denied (%s)', (dialect) => {
    const permissions = compilePermissions([policyOf('all', everything[dialect])], { dialect });
    const ask = (action: string, name: Parameters<typeof decide>[1]['resource']) =>
      decide(permissions, { action, resource: name }).effect;
    expect(ask('a', 'x'.repeat(512))).toBe('allow');
    expect(ask('a', 'x'.repeat(513))).toBe('deny');
    expect(ask('a'.repeat(512), 'x')).toBe('allow');
    expect(ask('a'.repeat(513), 'x')).toBe('deny');
    expect(ask('a', Array(16).fill('x').join(':'))).toBe('allow');
    expect(ask('a', Array(17).fill('x').join(':'))).toBe('deny');
    expect(ask('a', `x;${'t'.repeat(511)}`)).toBe('deny');
    expect(ask('a', resource(['x', 'k'.repeat(510)]))).toBe('allow');
    expect(ask('a', resource(['x', 'k'.repeat(511)]))).toBe('deny');
    expect(ask('a', resource(['x', 'k', { tags: ['t'.repeat(600)] }]))).toBe('deny');
    expect(ask('a', resource(['x', 'k', { properties: { p: 'v'.repeat(600) } }]))).toBe('deny');
    expect(ask('a', resource(...Array(17).fill(['x', 'k'])))).toBe('deny');
  });

  it.each([null, undefined, 1, {}, [], { segments: [] }, { segments: 'x' }])('that is none is denied: %j', (asked) => {
    const permissions = compilePermissions([policyOf('all', [allowAll])], { dialect: 'featbit' });
    expect(decide(permissions, { action: 'a', resource: asked as never }).effect).toBe('deny');
    expect(decide(permissions, { action: asked as never, resource: 'x' }).effect).toBe('deny');
  });
});

describe('a decision', () => {
  it('names the first statement that decided, with its policy', () => {
    const deny: Statement = { effect: 'deny', actions: ['a'], resources: ['x'], id: 's' };
    const list = [
      { ...policyOf('one', [allowAll]), id: 'p1' },
      policyOf('two', [{ ...deny, actions: ['b'] }, deny, deny]),
    ];
    const permissions = compilePermissions(list, { dialect: 'featbit' });
    expect(decide(permissions, { action: 'a', resource: 'y' })).toEqual({
      effect: 'allow',
      by: { policy: 'one', policyId: 'p1', policyIndex: 0, statementIndex: 0, statement: allowAll },
    });
    expect(decide(permissions, { action: 'a', resource: 'x' })).toEqual({
      effect: 'deny',
      because: 'explicit_deny',
      by: { policy: 'two', policyIndex: 1, statementIndex: 1, statement: deny },
    });
    expect(decide(compilePermissions([], { dialect: 'featbit' }), { action: 'a', resource: 'x' })).toEqual({
      effect: 'deny',
      because: 'no_allow',
      by: null,
    });
  });

  it('of several layers names the layer that refused, and needs every layer (NO-ESCALATION)', () => {
    const set = (...statements: Statement[]) => compilePermissions([policyOf('p', statements)], { dialect: 'featbit' });
    const token = { layer: 'token', permissions: set(allowAll) } as const;
    const owner = { layer: 'owner', permissions: set(allowAll) } as const;
    const nothing = set();
    const request = { action: 'a', resource: 'x' };
    expect(decideLayers([token, owner], request).effect).toBe('allow');
    expect(decideLayers([token, { ...owner, permissions: nothing }], request)).toMatchObject({ layer: 'owner' });
    expect(decideLayers([{ ...token, permissions: nothing }, owner], request)).toMatchObject({ layer: 'token' });
    expect(decideLayers([], request)).toMatchObject({ effect: 'deny', because: 'no_allow', layer: 'token' });
  });

  it('of an intersection is no_allow where one of the sets allows nothing, denies or not', () => {
    const set = (...statements: Statement[]) => compilePermissions([policyOf('p', statements)], { dialect: 'featbit' });
    const denied = set(allowAll, { ...allowAll, effect: 'deny' });
    expect(outcome(decide(intersect(denied, set(allowAll)), { action: 'a', resource: 'x' }))).toBe('explicit_deny');
    expect(outcome(decide(intersect(denied, set()), { action: 'a', resource: 'x' }))).toBe('no_allow');
  });
});

describe('a permission set', () => {
  it('is immutable, and so are the policies that it was parsed from', () => {
    const parsed = parsePolicies([policyOf('p', [allowAll])], 'featbit');
    if (!parsed.ok) throw new Error('parse');
    const permissions = compilePermissions(parsed.value, { dialect: 'featbit' });
    const actions = parsed.value[0]?.statements[0]?.actions as string[];
    expect(() => actions.push('b')).toThrow(TypeError);
    expect(() => Object.assign(permissions, { factors: [] })).toThrow(TypeError);
    expect(() => (permissions.factors as unknown[]).pop()).toThrow(TypeError);
  });

  it('counts what never went through a parser against the caller', () => {
    const ask = (...statements: unknown[]) =>
      decide(compilePermissions([policyOf('p', statements as Statement[])], { dialect: 'launchdarkly' }), {
        action: 'a',
        resource: 'x',
      });
    for (const broken of [
      { actions: ['a'] },
      { resources: ['x'] },
      { actions: ['a'], notActions: ['b'], resources: ['x'] },
      { actions: ['a'], resources: ['x'], notResources: ['y'] },
      { notActions: [], resources: ['x'] },
      { actions: ['a'], notResources: [] },
      { actions: ['a'], resources: ['x;{'] },
      { actions: ['a'], resources: [''] },
    ]) {
      expect(outcome(ask({ effect: 'allow', ...broken })), JSON.stringify(broken)).toBe('no_allow');
      expect(outcome(ask(allowAll, { effect: 'deny', ...broken })), JSON.stringify(broken)).toBe('explicit_deny');
    }
    expect(outcome(ask(allowAll, { effect: 'Allow', actions: ['a'], resources: ['x'] }))).toBe('explicit_deny');
  });

  it('has tags beyond the sixteenth satisfy no allow, and every deny', () => {
    const tags = Array.from({ length: 17 }, (_, i) => `t${i}`);
    const ask = (dialect: Dialect, effect: 'allow' | 'deny', own: readonly string[], asked = tags) => {
      const statement: Statement = { effect, actions: ['*'], resources: [`x;${asked.join(',')}`] };
      const { policies } = readHostPolicies(
        [policyOf('p', effect === 'deny' ? [allowAll, statement] : [statement])],
        dialect,
      );
      return decide(compilePermissions(policies, { dialect }), { action: 'a', resource: `x;${own.join(',')}` }).effect;
    };
    expect(tags.length).toBe(LIMITS.tagsOfSegment + 1);
    expect(ask('featbit', 'allow', ['t15'])).toBe('allow');
    expect(ask('featbit', 'allow', ['t16'])).toBe('deny');
    expect(ask('featbit', 'deny', ['t16'])).toBe('deny');
    expect(ask('launchdarkly', 'allow', tags)).toBe('deny');
    expect(ask('launchdarkly', 'allow', tags, tags.slice(1))).toBe('allow');
    expect(ask('launchdarkly', 'allow', tags.slice(2), tags.slice(1))).toBe('deny');
    expect(ask('launchdarkly', 'deny', tags)).toBe('deny');
    expect(ask('launchdarkly', 'deny', tags.slice(1))).toBe('allow');
  });

  it('reads more combinations of role attributes than a thousand like an unset one', () => {
    const values = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`);
    const list = [
      policyOf('p', [
        { effect: 'allow', actions: ['a'], resources: [['k', 'l'].map((key) => `\${roleAttribute/${key}}`).join('/')] },
      ]),
    ];
    const ask = (k: number, l: number) =>
      decide(compilePermissions(list, { dialect: 'launchdarkly', attributes: { k: values(k), l: values(l) } }), {
        action: 'a',
        resource: 'v1/v2',
      }).effect;
    expect(ask(100, 10)).toBe('allow');
    expect(ask(1_000, 1_000)).toBe('deny');
  });

  it('matches in time that grows with the input, not with its stars', () => {
    // A backtracking matcher needs longer than the age of the earth for this.
    const pattern = `${'a*'.repeat(250)}b*`;
    const permissions = compilePermissions(
      [policyOf('p', [{ effect: 'allow', actions: [pattern], resources: [pattern] }])],
      { dialect: 'launchdarkly' },
    );
    const text = 'a'.repeat(512);
    let allowed = 0;
    for (let i = 0; i < 10_000; i += 1) {
      if (decide(permissions, { action: text, resource: text }).effect === 'allow') allowed += 1;
    }
    expect(allowed).toBe(0);
  });

  it('matches long parts as the definition says', () => {
    const part = 'ab'.repeat(20);
    const permissions = compilePermissions(
      [policyOf('p', [{ effect: 'allow', actions: ['*'], resources: [`x*${part}a*${part}*`] }])],
      { dialect: 'featbit' },
    );
    const ask = (name: string) => decide(permissions, { action: 'a', resource: name }).effect;
    expect(ask(`x${part}a${part}`)).toBe('allow');
    expect(ask(`x${part}${part}a${part}`)).toBe('allow');
    expect(ask(`xab${part}aab${part}y`)).toBe('allow');
    expect(ask(`x${part}${part}`)).toBe('deny');
    expect(ask(`x${part}a${part.slice(1)}`)).toBe('deny');
  });
});
