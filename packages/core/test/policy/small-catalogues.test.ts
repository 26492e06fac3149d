import { describe, expect, it } from 'vitest';
import {
  compilePermissions,
  expandAbility,
  findUnknownActions,
  type Generalization,
  InvalidResourceName,
  managementRequest,
  parseResource,
  resource,
  resourcePath,
  type Statement,
  serviceDenies,
  suggestPermissions,
  type UsedPermission,
  withDenies,
} from '../../src/policy/index.ts';
import { smallCatalogue } from './small-catalogues.ts';
import { policyOf } from './vectors.ts';

const featbit = smallCatalogue('featbit', 'project');
const launchdarkly = smallCatalogue('launchdarkly', 'proj');

describe('what a catalogue becomes, to the letter', () => {
  it('the presets, one statement for each type that has actions of the level', () => {
    expect(expandAbility('read', featbit)).toEqual([
      { resourceType: 'project', effect: 'allow', actions: ['see', 'list'], resources: ['project/*'] },
      { resourceType: 'flag', effect: 'allow', actions: ['see'], resources: ['project/*:flag/*'] },
      { resourceType: 'iam', effect: 'allow', actions: ['audit'], resources: ['iam/*'] },
    ]);
    expect(expandAbility('write', launchdarkly)).toEqual([
      { effect: 'allow', actions: ['see', 'list', 'rename'], resources: ['proj/*'] },
      { effect: 'allow', actions: ['see', 'toggle'], resources: ['proj/*:flag/*'] },
      { effect: 'allow', actions: ['audit'], resources: ['iam/*'] },
    ]);
    expect(expandAbility('metrics', featbit)).toEqual([
      { resourceType: 'flag', effect: 'allow', actions: ['measure'], resources: ['project/*:flag/*'] },
    ]);
  });

  it('the presets of one project: without what lies outside projects, and what could not be limited to one', () => {
    expect(expandAbility('read', featbit, { project: 'shop' })).toEqual([
      { resourceType: 'project', effect: 'allow', actions: ['see'], resources: ['project/shop'] },
      { resourceType: 'flag', effect: 'allow', actions: ['see'], resources: ['project/shop:flag/*'] },
    ]);
    expect(expandAbility('read', launchdarkly, { project: 'shop' })).toEqual([
      { effect: 'allow', actions: ['see'], resources: ['proj/shop'] },
      { effect: 'allow', actions: ['see'], resources: ['proj/shop:flag/*'] },
    ]);
    for (const ability of ['full_access', 'toString', '__proto__']) {
      expect(() => expandAbility(ability as 'read', featbit)).toThrow(/^Only read, write and metrics expand/);
    }
  });

  it('the denies of a service token: one for each type with withheld actions, in every policy', () => {
    const denies = [
      { resourceType: 'project', effect: 'deny', actions: ['delete'], resources: ['project/*'] },
      { resourceType: 'iam', effect: 'deny', actions: ['administer', 'invite'], resources: ['iam/*'] },
    ];
    expect(serviceDenies(featbit)).toEqual(denies);
    expect(serviceDenies(launchdarkly)).toEqual([
      { effect: 'deny', actions: ['delete'], resources: ['proj/*'] },
      { effect: 'deny', actions: ['administer', 'invite'], resources: ['iam/*'] },
    ]);
    const allow: Statement = { effect: 'allow', actions: ['see'], resources: ['*'] };
    const policies = [policyOf('a', [allow]), policyOf('b', [])];
    expect(withDenies(policies, serviceDenies(featbit))).toEqual([
      policyOf('a', [allow, ...(denies as Statement[])]),
      policyOf('b', denies as Statement[]),
    ]);
    expect(withDenies(policies, [])).toBe(policies);
  });

  it('what is unknown to it: names, and wildcards that match none of them where there are wildcards', () => {
    const unknown = (catalogue: typeof featbit, ...actions: string[]) =>
      findUnknownActions([{ effect: 'allow', actions, notActions: actions, resources: ['*'] }], catalogue);
    const message = 'This host has no such action.';
    expect(unknown(featbit, '*', 'see', 'se*', 'fly')).toEqual(
      ['actions', 'notActions'].flatMap((list) =>
        [2, 3].map((place) => ({ path: `[0].${list}[${place}]`, code: 'unknown_action', message })),
      ),
    );
    expect(unknown(launchdarkly, '*', 'see', 'se*', 'fl*', 'fly').map(({ path }) => path)).toEqual([
      '[0].actions[3]',
      '[0].actions[4]',
      '[0].notActions[3]',
      '[0].notActions[4]',
    ]);
  });

  it('a managing request that names nobody, or a verb that there is not, is no request', () => {
    const { management } = launchdarkly;
    expect(() => managementRequest(management, 'personal', 'issue', {})).toThrow(
      'The request needs the id of a member.',
    );
    expect(() => managementRequest(management, 'service', 'changePermissions' as 'issue', {})).toThrow(
      'No request means changePermissions for tokens of this kind.',
    );
    expect(() => managementRequest(management, 'personal', 'issue', { memberId: 'a:b' })).toThrow(InvalidResourceName);
  });
});

const suggest = (
  catalogue: typeof featbit,
  used: readonly UsedPermission[],
  present: readonly Statement[],
  generalize?: Generalization,
) =>
  suggestPermissions(
    used,
    catalogue,
    compilePermissions([policyOf('p', present)], { dialect: catalogue.dialect }),
    generalize === undefined ? {} : { generalize },
  );
const everything: Statement = { effect: 'allow', actions: ['*'], resources: ['*'] };
const use = (action: string, name: UsedPermission['resource']): UsedPermission => ({ action, resource: name });

describe('suggestPermissions, to the letter', () => {
  it('names each type by the last segment, or by the only type that has the action', () => {
    const used = [
      use('see', 'project/a'),
      use('see', 'project/a:flag/x'),
      use('audit', 'iam/log'),
      use('toggle', 'odd/x'),
    ];
    expect(suggest(featbit, used, [everything])).toEqual([
      { resourceType: 'flag', effect: 'allow', actions: ['toggle'], resources: ['odd/x'] },
      { resourceType: 'iam', effect: 'allow', actions: ['audit'], resources: ['iam/log'] },
      { resourceType: 'project', effect: 'allow', actions: ['see'], resources: ['project/a'] },
    ]);
    expect(suggest(launchdarkly, [use('see', 'proj/a'), use('see', 'proj/a:flag/x')], [everything])).toEqual([
      { effect: 'allow', actions: ['see'], resources: ['proj/a:flag/x'] },
      { effect: 'allow', actions: ['see'], resources: ['proj/a'] },
    ]);
  });

  it('merges patterns of the same actions and keeps others apart, in one order whatever the use', () => {
    const used = [
      use('toggle', 'project/b:flag/y'),
      use('see', 'project/b:flag/y'),
      use('see', 'project/a:flag/x'),
      use('toggle', 'project/a:flag/x'),
      use('measure', 'project/a:flag/z'),
    ];
    const expected = [
      { resourceType: 'flag', effect: 'allow', actions: ['measure'], resources: ['project/a:flag/z'] },
      {
        resourceType: 'flag',
        effect: 'allow',
        actions: ['see', 'toggle'],
        resources: ['project/a:flag/x', 'project/b:flag/y'],
      },
    ];
    expect(suggest(featbit, used, [everything])).toEqual(expected);
    expect(suggest(featbit, used.toReversed(), [everything])).toEqual(expected);
  });

  it('generalizes the last key or every key, and leaves a segment without a key as it is', () => {
    const used = [use('see', 'project/a:acct:flag/x'), use('see', 'project/a:acct:flag/y')];
    const patterns = (generalize?: Generalization) =>
      suggest(launchdarkly, used, [everything], generalize).flatMap(({ resources }) => resources);
    expect(patterns()).toEqual(['project/a:acct:flag/x', 'project/a:acct:flag/y']);
    expect(patterns('exact')).toEqual(patterns());
    expect(patterns('last_key')).toEqual(['project/a:acct:flag/*']);
    expect(patterns('every_key')).toEqual(['project/*:acct:flag/*']);
    expect(suggest(launchdarkly, [use('see', 'acct')], [everything], 'every_key')[0]?.resources).toEqual(['acct']);
  });

  it('takes the next narrower pattern where a wider one would go beyond the present permissions', () => {
    const present: Statement[] = [{ effect: 'allow', actions: ['see'], resources: ['proj/a:flag/*'] }];
    const used = [use('see', 'proj/a:flag/x'), use('see', 'proj/a:flag/y'), use('see', 'proj/b:flag/x')];
    expect(suggest(launchdarkly, used, present, 'every_key')).toEqual([
      { effect: 'allow', actions: ['see'], resources: ['proj/a:flag/*'] },
    ]);
  });

  it('keeps tags and properties where the present permissions are bounded by them', () => {
    const tagged: Statement[] = [
      { effect: 'allow', actions: ['see'], resources: ['proj/*;paid,beta:flag/*;{critical:false}'] },
    ];
    expect(
      suggest(launchdarkly, [use('see', 'proj/a;beta,paid:flag/x;{critical:false}')], tagged, 'every_key'),
    ).toEqual([{ effect: 'allow', actions: ['see'], resources: ['proj/a;beta,paid:flag/x;{critical:false}'] }]);
    // featbit: any tag is enough, so that the one tag that is needed is taken, of each segment its own.
    const any: Statement[] = [{ effect: 'allow', actions: ['see'], resources: ['project/*;eu:flag/*;paid'] }];
    expect(suggest(featbit, [use('see', 'project/a;eu:flag/x;free,paid')], any)).toEqual([
      { resourceType: 'flag', effect: 'allow', actions: ['see'], resources: ['project/a;eu:flag/x;paid'] },
    ]);
    expect(suggest(featbit, [use('see', 'project/a:flag/x')], any)).toEqual([]);
  });

  it('writes down the tags that are known and needed, and none where they are unknown', () => {
    const known = (tags: readonly string[]) => resource(['project', 'a', { tags }], ['flag', 'x']);
    const all: Statement[] = [{ effect: 'allow', actions: ['see'], resources: ['project/*;eu,paid:flag/*'] }];
    expect(suggest(launchdarkly, [use('see', known(['eu', 'paid']))], all)).toEqual([
      { effect: 'allow', actions: ['see'], resources: ['project/a;eu,paid:flag/x'] },
    ]);
    const one: Statement[] = [{ effect: 'allow', actions: ['see'], resources: ['project/*;eu:flag/*'] }];
    expect(suggest(featbit, [use('see', known(['us', 'eu', 'zz']))], one)).toEqual([
      { resourceType: 'flag', effect: 'allow', actions: ['see'], resources: ['project/a;eu:flag/x'] },
    ]);
    expect(suggest(featbit, [use('see', 'project/a;us,eu,zz:flag/x')], one)[0]?.resources).toEqual([
      'project/a;eu:flag/x',
    ]);
  });

  it('suggests no pattern that a name would be read as otherwise', () => {
    const odd = resource(['project', 'a'], ['flag', 'x', { tags: ['t'] }]);
    expect(suggest(featbit, [use('see', odd)], [everything])).toEqual([
      { resourceType: 'flag', effect: 'allow', actions: ['see'], resources: ['project/a:flag/x'] },
    ]);
    // In a request it is an attribute's name in so many characters, in a pattern the value of one that is unset.
    const attribute = `proj/\${roleAttribute/x}`;
    expect(suggest(launchdarkly, [use('see', attribute)], [everything])).toEqual([]);
  });
});

describe('why a resource name is none, and what is shown of one', () => {
  it.each<[make: () => unknown, message: string]>([
    [() => resource(), 'A resource name has at least one segment.'],
    [() => parseResource(5), 'A resource is text or has a list of segments.'],
    [() => parseResource({ segments: [1] }), 'A segment is an object.'],
    [() => resource(['a/b', 'k']), 'A resource type holds no slash.'],
    [() => resource([1 as never]), 'A type of a resource name is text.'],
    [() => resource(['a', '']), 'A key of a resource name is empty.'],
    [() => resource(['a', '\ud800']), 'A key of a resource name is ill-formed text.'],
    [() => resource(['a', 'k', { tags: 'x' as never }]), 'Tags are a list.'],
    [() => resource(['a', 'k', { properties: 'x' as never }]), 'Properties are an object.'],
    [
      () => resource(['a', 'k', { tags: ['x;y'] }]),
      'A tag of a resource name holds one of : ; , { } * or a control character.',
    ],
    [
      () => resource(['a', 'k', { properties: { 'x:y': '' } }]),
      'A property of a resource name holds one of : ; , { } * or a control character.',
    ],
    [
      () => resource(['a', 'k', { properties: { x: '{' } }]),
      'A property value of a resource name holds one of : ; , { } * or a control character.',
    ],
  ])('%#: it says which part is wrong', (make, message) => {
    expect(make).toThrow(new InvalidResourceName(message));
  });

  it('is told by its name, and built of no more than was given', () => {
    expect(new InvalidResourceName('x').name).toBe('InvalidResourceName');
    expect(resource(['acct']).segments).toStrictEqual([{ type: 'acct' }]);
    expect(resource(['acct', 'k', {}]).segments).toStrictEqual([{ type: 'acct', key: 'k' }]);
    const segments = Array.from({ length: 512 }, () => ({ type: 'a', key: 'b' }));
    expect(parseResource({ segments })).toEqual(expect.objectContaining({ segments }));
    expect(() => parseResource({ segments: [...segments, { type: 'a' }] })).toThrow(InvalidResourceName);
  });

  it.each([
    ['project/a;t,{p:v}:flag/x;u', 'project/a:flag/x'],
    // What doesn't close is no property: the colon begins a segment.
    ['a/b;{p:v', 'a/b:v'],
    ['a/b;x{p:{q}}:c', 'a/b:c'],
    ['a/b;t:c/d;{p:v}', 'a/b:c/d'],
    ['{a}:b', '{a}:b'],
    ['100%/ü b', '100%25/%C3%BC%20b'],
    ['a\u0000\ud800"', 'a%00%EF%BF%BD"'],
    ["a'(b)*!~", "a'(b)*!~"],
    ['', ''],
  ])('the path of %j is %j', (name, path) => {
    expect(resourcePath(name)).toBe(path);
  });
});
