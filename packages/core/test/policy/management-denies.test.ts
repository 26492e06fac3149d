import { describe, expect, it } from 'vitest';
import {
  managementDenies,
  type PermissionCatalogue,
  restrictManagement,
  type Statement,
  withoutUnnamedManagement,
} from '../../src/policy/index.ts';
import { smallCatalogue } from './small-catalogues.ts';
import { policyOf } from './vectors.ts';

/** `manage` is asked about on tokens of members and of services, `list` on all; a robot is managed too, and is no token. */
const catalogueOf = (dialect: 'featbit' | 'launchdarkly'): PermissionCatalogue => {
  const base = smallCatalogue(dialect, 'p');
  const { management } = base;
  const each = <T extends object>(verbs: T, resource: string): T =>
    Object.fromEntries(Object.keys(verbs).map((verb) => [verb, { action: 'manage', resource }])) as T;
  const types = [
    ['token', 'token/*', 'list', 'see'],
    ['own', 'member/*:own/*', 'manage'],
    ['service', 'service/*', 'manage', 'start'],
    ['robot', 'robot/*', 'manage', 'list'],
    ['plain', 'plain/*', 'see'],
  ] as const;
  return {
    ...base,
    resourceTypes: types.map(([type, resource, ...actions]) => ({
      type,
      resource,
      narrowable: true,
      actions: actions.map((name) => ({ name, access: 'admin', grantableToService: true, narrowable: true })),
    })),
    management: {
      list: { action: 'list', resource: 'token/*' },
      personal: each(management.personal, 'member/{memberId}:own/{tokenId}'),
      service: each(management.service, 'service/{tokenId}'),
      administer: management.administer,
    },
  };
};

const [featbit, launchdarkly] = [catalogueOf('featbit'), catalogueOf('launchdarkly')];
const all: Statement = { effect: 'allow', actions: ['*'], resources: ['*'] };
const allow = (actions: readonly string[], resources: readonly string[]): Statement => ({
  effect: 'allow',
  actions,
  resources,
});
const deny = (actions: readonly string[], resource: string, resourceType?: string): Statement => ({
  ...(resourceType === undefined ? {} : { resourceType }),
  effect: 'deny',
  actions,
  resources: [resource],
});

const [list, own, service] = [
  deny(['list'], 'token/*'),
  deny(['manage'], 'member/*:own/*'),
  deny(['manage'], 'service/*'),
];

describe('what keeps the managing of tokens out of a token, to the letter', () => {
  it('is one deny for each resource that it is asked about, of its type', () => {
    expect(managementDenies(launchdarkly)).toEqual([list, own, service]);
    const typed = [
      deny(['list'], 'token/*', 'token'),
      deny(['manage'], 'member/*:own/*', 'own'),
      deny(['manage'], 'service/*', 'service'),
    ];
    expect(managementDenies(featbit)).toEqual(typed);
    expect(withoutUnnamedManagement([all], featbit)).toEqual(typed);
    // Two actions on one resource share a deny; a resource that is no type's has one without a type.
    const { management } = featbit;
    const shared = { ...featbit, management: { ...management, list: { action: 'list', resource: 'service/*' } } };
    expect(managementDenies(shared)).toEqual([deny(['list', 'manage'], 'service/*', 'service'), typed[1]]);
    const untyped = { ...featbit, management: { ...management, list: { action: 'list', resource: 'all/*' } } };
    expect(managementDenies(untyped)[0]).toEqual(deny(['list'], 'all/*'));
  });

  it.each<[statements: readonly Statement[], denies: readonly Statement[]]>([
    [[all], [list, own, service]],
    [[allow(['man*'], ['*'])], [own, service]],
    [[allow(['*'], ['service/*'])], [service]],
    [[allow(['*'], ['plain/*', 'service/a'])], [service]],
    [[allow(['*'], ['plain/*'])], []],
    [[allow(['manage', 'list'], ['*'])], []],
    [[allow(['manage'], ['*']), all], [list]],
    [[{ effect: 'allow', notActions: ['see'], resources: ['*'] }], [list, own, service]],
    [[{ effect: 'allow', notActions: ['manage', 'see'], resources: ['*'] }], [list]],
    [[{ effect: 'allow', notActions: ['m*', 'l*'], resources: ['*'] }], []],
    [[{ effect: 'allow', actions: ['list'], notResources: ['plain/*'] }], [list]],
    [[{ effect: 'allow', actions: ['see'], notResources: ['plain/*'] }], []],
    [[{ effect: 'allow', notActions: ['list'], notResources: ['plain/*'] }], [own, service]],
    // Named beside an exclusion is not named.
    [
      [all, { effect: 'allow', actions: ['list'], notResources: ['plain/*'] }],
      [list, own, service],
    ],
    [
      [all, { effect: 'allow', notActions: ['see'], resources: ['token/*'] }],
      [list, own, service],
    ],
    // A deny gives nothing and names nothing.
    [[{ ...all, effect: 'deny' }], []],
    [
      [all, { effect: 'deny', actions: ['manage', 'list'], resources: ['*'] }],
      [list, own, service],
    ],
  ])('of %j is what no allow names', (statements, denies) => {
    expect(withoutUnnamedManagement(statements, launchdarkly)).toEqual(denies);
  });

  it('denies an action outside the resources that it is named for, but where it manages no tokens', () => {
    const outside = (action: string, ...notResources: string[]): Statement => ({
      effect: 'deny',
      actions: [action],
      notResources,
    });
    expect(withoutUnnamedManagement([all, allow(['manage'], ['service/a', 'service/b'])], launchdarkly)).toEqual([
      list,
      outside('manage', 'service/a', 'service/b', 'robot/*'),
    ]);
    expect(
      withoutUnnamedManagement([all, allow(['list'], ['token/a']), allow(['list', 'see'], ['token/a'])], launchdarkly),
    ).toEqual([own, service, outside('list', 'token/a', 'robot/*')]);
    // All of one kind, and nothing of the other.
    expect(withoutUnnamedManagement([all, allow(['manage'], ['service/*'])], launchdarkly)).toEqual([list, own]);
    // Named elsewhere, it is named for none of the tokens.
    expect(withoutUnnamedManagement([all, allow(['manage'], ['robot/*'])], launchdarkly)).toEqual([list, own, service]);
  });

  it('of featbit takes away what is named for some of the resources only', () => {
    const typed = (action: string, resource: string, type: string) => deny([action], resource, type);
    expect(withoutUnnamedManagement([all, allow(['manage'], ['service/a', 'member/*:own/*'])], featbit)).toEqual([
      typed('list', 'token/*', 'token'),
      typed('manage', 'service/*', 'service'),
    ]);
    // There `man*` is a name.
    expect(withoutUnnamedManagement([allow(['man*'], ['*'])], featbit)).toEqual([]);
    expect(withoutUnnamedManagement([allow(['*'], ['service/*'])], featbit)).toEqual([
      typed('manage', 'service/*', 'service'),
    ]);
  });

  it('stands in the first of pooled policies, and in each of those that are judged alone', () => {
    const policies = [
      policyOf('a', [allow(['see'], ['*'])]),
      policyOf('b', [all]),
      policyOf('c', [allow(['list'], ['*'])]),
    ];
    const [a, b, c] = policies as [(typeof policies)[0], (typeof policies)[0], (typeof policies)[0]];
    const pooled = restrictManagement(policies, featbit);
    expect(pooled).toEqual([{ ...a, statements: [...a.statements, ...managementDenies(featbit).slice(1)] }, b, c]);
    expect(pooled[1]).toBe(b);
    const apart = restrictManagement(policies, launchdarkly);
    expect(apart).toEqual([a, { ...b, statements: [all, list, own, service] }, c]);
    expect([apart[0], apart[2]]).toEqual([a, c]);
    expect(apart[0]).toBe(a);
    expect(restrictManagement([a, c], featbit)[0]).toBe(a);
  });
});
