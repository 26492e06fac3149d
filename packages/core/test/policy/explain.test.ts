import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePermissions, decide, explain, intersect, resource, type Statement } from '../../src/policy/index.ts';
import { attributes, policies, requests, toResource } from './arbitraries.ts';
import { policyOf } from './vectors.ts';

const explainOne = (
  dialect: 'featbit' | 'launchdarkly',
  statement: Partial<Statement>,
  action: string,
  name: Parameters<typeof decide>[1]['resource'],
) => {
  const permissions = compilePermissions([policyOf('p', [{ effect: 'allow', ...statement }])], { dialect });
  return explain(permissions, { action, resource: name });
};

describe('explain', () => {
  const flag: Partial<Statement> = { actions: ['Edit'], resources: ['project/shop:flag/*;paid'] };

  it.each([
    ['the action', 'See', 'project/shop:flag/x;paid', { what: 'action', wanted: ['Edit'] }],
    [
      'a path',
      'Edit',
      'project/other:flag/x;paid',
      { what: 'path', segment: 0, wanted: 'project/shop', found: 'project/other' },
    ],
    [
      'tags',
      'Edit',
      'project/shop:flag/x;free',
      { what: 'tags', segment: 1, wanted: ['paid'], any: true, unknown: false },
    ],
    ['depth', 'Edit', 'project/shop', { what: 'depth', wanted: 2, found: 1 }],
  ])('says that only %s was missing', (_, action, name, missing) => {
    const { decision, matched, nearMisses } = explainOne('featbit', flag, action, name);
    expect(decision.effect).toBe('deny');
    expect(matched).toEqual([]);
    expect(nearMisses).toHaveLength(1);
    expect(nearMisses[0]).toMatchObject({
      effect: 'allow',
      factor: 0,
      by: { policy: 'p', statementIndex: 0 },
      missing,
    });
  });

  it('says that tags or properties are unknown rather than absent', () => {
    expect(
      explainOne('featbit', flag, 'Edit', resource(['project', 'shop'], ['flag', 'x'])).nearMisses[0]?.missing,
    ).toMatchObject({ what: 'tags', unknown: true });
    const critical = { actions: ['a'], resources: ['env/*;{critical:true}'] };
    expect(explainOne('launchdarkly', critical, 'a', resource(['env', 'x'])).nearMisses[0]?.missing).toMatchObject({
      what: 'properties',
      wanted: { critical: 'true' },
      unknown: true,
    });
    expect(explainOne('launchdarkly', critical, 'a', 'env/x').nearMisses[0]?.missing).toMatchObject({
      what: 'properties',
      unknown: false,
    });
  });

  it('says what an exclusion excluded', () => {
    const not = { notActions: ['del*'], notResources: ['proj/secret'] };
    expect(explainOne('launchdarkly', not, 'delete', 'proj/a').nearMisses[0]?.missing).toEqual({
      what: 'excluded_action',
      excluded: ['del*'],
    });
    expect(explainOne('launchdarkly', not, 'see', 'proj/secret').nearMisses[0]?.missing).toEqual({
      what: 'excluded_resource',
      pattern: 'proj/secret',
    });
  });

  it('takes the nearest of several patterns, and of equally near ones the first', () => {
    const missing = (...resources: readonly string[]) =>
      explainOne('featbit', { actions: ['Edit'], resources }, 'Edit', 'project/shop:flag/x').nearMisses.map(
        (near) => near.missing,
      );
    const near = { what: 'tags', pattern: 'project/shop:flag/*;paid' };
    expect(missing('project/other:flag/y', 'project/shop:flag/*;paid')).toMatchObject([near]);
    expect(missing('project/shop:flag/*;paid', 'project/other:flag/y')).toMatchObject([near]);
    expect(missing('project/shop:flag/*;paid', 'project/shop:flag/*;free')).toMatchObject([near]);
    expect(missing('project/other:flag/y;paid', 'project/other:flag/z')).toEqual([]);
  });

  it('does not call near what lacks two things, or lists nothing', () => {
    expect(explainOne('featbit', flag, 'See', 'project/other:flag/x;paid').nearMisses).toEqual([]);
    expect(explainOne('featbit', flag, 'Edit', 'project/other:flag/x').nearMisses).toEqual([]);
    expect(explainOne('featbit', { actions: ['Edit'], resources: [] }, 'Edit', 'a').nearMisses).toEqual([]);
    expect(explainOne('featbit', { actions: ['*'], resources: ['*'] }, '', 'a')).toMatchObject({
      matched: [],
      nearMisses: [],
    });
  });

  it('lists the statements of every intersected set, in order, and decides as decide does', () => {
    const set = (...statements: Statement[]) => compilePermissions([policyOf('p', statements)], { dialect: 'featbit' });
    const allow: Statement = { effect: 'allow', actions: ['a'], resources: ['x'] };
    const both = intersect(set({ ...allow, effect: 'deny' }, allow), set(allow, { ...allow, actions: ['b'] }));
    const { matched, nearMisses } = explain(both, { action: 'a', resource: 'x' });
    expect(matched.map(({ factor, effect, by }) => [factor, effect, by.statementIndex])).toEqual([
      [0, 'deny', 0],
      [0, 'allow', 1],
      [1, 'allow', 0],
    ]);
    expect(nearMisses.map(({ factor, by }) => [factor, by.statementIndex])).toEqual([[1, 1]]);
  });

  it.each(['featbit', 'launchdarkly'] as const)('matches exactly the statements that match alone (%s)', (dialect) => {
    fc.assert(
      fc.property(policies(dialect), requests, (list, asked) => {
        const request = { action: asked.action, resource: toResource(asked) };
        const explanation = explain(compilePermissions(list, { dialect, attributes }), request);
        expect(explanation.decision).toEqual(decide(compilePermissions(list, { dialect, attributes }), request));
        const all: Statement = { effect: 'allow', actions: ['*'], resources: ['*'] };
        const alone = list.flatMap(({ statements }, p) =>
          statements.flatMap((statement, s) => {
            const beside = statement.effect === 'deny' ? [all, statement] : [statement];
            const { effect } = decide(compilePermissions([policyOf('p', beside)], { dialect, attributes }), request);
            return effect === statement.effect ? [`${p}.${s}`] : [];
          }),
        );
        const places = explanation.matched.map(({ by }) => `${by.policyIndex}.${by.statementIndex}`);
        expect(places.sort()).toEqual(alone.sort());
        const near = explanation.nearMisses.map(({ by }) => `${by.policyIndex}.${by.statementIndex}`);
        expect(near.filter((place) => alone.includes(place))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
