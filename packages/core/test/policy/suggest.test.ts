import { describe, expect, it } from 'vitest';
import {
  compilePermissions,
  covers,
  decide,
  type Generalization,
  type Statement,
  suggestPermissions,
  type UsedPermission,
} from '../../src/policy/index.ts';
import { catalogues, policyOf } from './vectors.ts';

const compile = (...statements: readonly Statement[]) =>
  compilePermissions([policyOf('p', statements)], { dialect: 'featbit' });
const flagType = catalogues.featbit.resourceTypes.find(({ resource }) => resource.includes(':flag/'));
const names = (flagType?.actions ?? []).map(({ name }) => name);
const [one = '', other = ''] = names;
const all: Statement = { effect: 'allow', actions: ['*'], resources: ['*'] };

const suggest = (used: readonly UsedPermission[], present: readonly Statement[], generalize?: Generalization) => {
  const outer = compile(...present);
  const options = generalize === undefined ? {} : { generalize };
  const statements = suggestPermissions(used, catalogues.featbit, outer, options);
  const suggested = compile(...statements);
  expect(covers(outer, suggested).covered).toBe(true);
  return { statements, allowed: used.filter((request) => decide(suggested, request).effect === 'allow').length };
};

const flags = (action: string, ...keys: string[]): UsedPermission[] =>
  keys.map((key) => ({ action, resource: `project/shop:env/dev:flag/${key}` }));

describe('suggestPermissions', () => {
  it('suggests exact names, merged where their actions are the same', () => {
    const used = [...flags(one, 'b', 'a', 'b'), ...flags(other, 'a', 'b')];
    expect(suggest(used, [all])).toEqual({
      statements: [
        {
          resourceType: flagType?.type,
          effect: 'allow',
          actions: [one, other].sort(),
          resources: ['project/shop:env/dev:flag/a', 'project/shop:env/dev:flag/b'],
        },
      ],
      allowed: used.length,
    });
  });

  it.each<[Generalization, string]>([
    ['last_key', 'project/shop:env/dev:flag/*'],
    ['every_key', 'project/*:env/*:flag/*'],
  ])('generalizes as it is told: %s', (generalize, pattern) => {
    const { statements, allowed } = suggest(flags(one, 'a', 'b'), [all], generalize);
    expect(statements.map(({ resources }) => resources)).toEqual([[pattern]]);
    expect(allowed).toBe(2);
  });

  it('goes no further than the present permissions, and down to tags where it must', () => {
    const present: Statement[] = [
      { effect: 'allow', actions: [one], resources: ['project/shop:env/*:flag/*'] },
      { effect: 'deny', actions: [one], resources: ['project/shop:env/prod'] },
      { effect: 'allow', actions: [other], resources: ['project/*:env/*:flag/*;paid'] },
    ];
    const used = [...flags(one, 'a'), { action: other, resource: 'project/shop:env/dev:flag/b;free,paid' }];
    const { statements, allowed } = suggest(used, present, 'every_key');
    expect(allowed).toBe(2);
    expect(statements.flatMap(({ resources }) => resources).sort()).toEqual([
      'project/shop:env/dev:flag/*',
      'project/shop:env/dev:flag/b;paid',
    ]);
  });

  it('suggests nothing for what is denied, unreadable or unknown to the catalogue', () => {
    const used = [
      { action: 'NoSuchAction', resource: 'project/shop' },
      { action: one, resource: '' },
      ...flags(one, 'a'),
    ];
    const present: Statement[] = [{ effect: 'allow', actions: ['*'], resources: ['project/other'] }];
    expect(suggest(used, present).statements).toEqual([]);
  });
});
