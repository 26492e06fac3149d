import { describe, expect, it } from 'vitest';
import {
  compilePermissions,
  covers,
  decide,
  expandAbility,
  InvalidCatalogue,
  InvalidResourceName,
  managementDenies,
  managementRequest,
  type Policy,
  parseStatements,
  readCatalogue,
  restrictManagement,
  type Statement,
  serviceDenies,
  withDenies,
  withoutUnnamedManagement,
} from '../../src/policy/index.ts';
import { builtIn, catalogues, policyOf, readVectors } from './vectors.ts';

const { featbit, launchdarkly } = catalogues;
const dialects = ['featbit', 'launchdarkly'] as const;
const everything: Statement = { effect: 'allow', actions: ['*'], resources: ['*'] };

/** The requests that each action of the catalogue is about, on names that its type's pattern matches. */
const everyRequest = (dialect: (typeof dialects)[number]) =>
  catalogues[dialect].resourceTypes.flatMap(({ type, resource, actions }) =>
    actions.map((action) => ({
      type,
      action: action.name,
      grantable: action.grantableToService,
      access: action.access,
      resource: resource.replaceAll('*', 'k1'),
    })),
  );

const decideAll = (dialect: (typeof dialects)[number], policies: readonly Policy[]) => {
  const permissions = compilePermissions(policies, { dialect, attributes: { memberId: ['m1'] } });
  return (request: { action: string; resource: string }) => decide(permissions, request).effect === 'allow';
};

interface Loose {
  readonly management: object;
  readonly resourceTypes: readonly object[];
}

describe('readCatalogue', () => {
  it('reads both reference files', () => {
    expect(featbit.resourceTypes.map(({ type }) => type)).toContain('access-token');
    expect(featbit.policies.map(({ name }) => name)).toEqual(['Owner', 'Administrator', 'Developer']);
    expect(launchdarkly.policies.filter(({ builtIn: own }) => own).map(({ name }) => name)).toEqual([
      'Owner',
      'Reader',
      'Writer',
      'Admin',
    ]);
  });

  it('gives every verb a request, whatever shape the host has', () => {
    const verbs = [
      'issue',
      'clone',
      'rename',
      'describe',
      'changePermissions',
      'rotate',
      'activate',
      'deactivate',
      'revoke',
      'extend',
    ];
    for (const dialect of dialects) {
      const { personal, service } = catalogues[dialect].management;
      expect(Object.keys(personal)).toEqual(verbs);
      expect(Object.keys(service)).toEqual(verbs.filter((verb) => verb !== 'changePermissions'));
    }
    const actions = (table: object) =>
      Object.fromEntries(Object.entries(table).map(([verb, { action }]) => [verb, action]));
    expect(new Set(Object.values(actions(featbit.management.personal)))).toEqual(
      new Set(['ManagePersonalAccessTokens']),
    );
    expect(new Set(Object.values(actions(featbit.management.service)))).toEqual(new Set(['ManageServiceAccessTokens']));
    expect(actions(launchdarkly.management.personal)).toEqual({
      issue: 'createAccessToken',
      clone: 'createAccessToken',
      rename: 'updateAccessTokenName',
      describe: 'updateAccessTokenDescription',
      changePermissions: 'updateAccessTokenPolicy',
      rotate: 'resetAccessToken',
      activate: 'createAccessToken',
      deactivate: 'deleteAccessToken',
      revoke: 'deleteAccessToken',
      extend: 'updateAccessTokenExpiry',
    });
    expect(launchdarkly.management.service.rotate).toEqual({
      action: 'resetAccessToken',
      resource: 'service-token/{tokenId}',
    });
    expect(launchdarkly.management.administer).toEqual({ action: 'updateRole', resource: 'member/*' });
  });

  it('is for a catalogue that is whole: anything missing or odd is refused, and said where', () => {
    const broken: readonly [change: (catalogue: Loose) => unknown, where: string][] = [
      [() => null, 'catalogue'],
      [() => [], 'catalogue'],
      [(c) => ({ ...c, dialect: 'aws' }), 'dialect'],
      [(c) => ({ ...c, management: undefined }), 'management'],
      [(c) => ({ ...c, management: { ...c.management, list: undefined } }), 'management.list'],
      [(c) => ({ ...c, management: { ...c.management, manageService: 1 } }), 'management.manageService'],
      [
        (c) => ({ ...c, management: { ...c.management, administer: { action: '', resource: 'a' } } }),
        'administer.action',
      ],
      [(c) => ({ ...c, accessLevels: ['read', 'root'] }), 'accessLevels[1]'],
      [(c) => ({ ...c, accessLevels: ['read'] }), 'resourceTypes[0].actions[0].access'],
      [(c) => ({ ...c, resourceTypes: [{ ...c.resourceTypes[0], narrowable: 1 }] }), 'resourceTypes[0].narrowable'],
      [(c) => ({ ...c, policies: [{ name: 'p', statements: [{}] }] }), 'policies[0].statements[0]'],
    ];
    for (const [change, where] of broken) {
      const input = change(readVectors('featbit-catalogue'));
      expect(() => readCatalogue(input)).toThrow(InvalidCatalogue);
      expect(() => readCatalogue(input)).toThrow(where);
    }
    const twisted = structuredClone(readVectors('launchdarkly-catalogue')) as {
      management: { personal: Record<string, string> };
    };
    delete twisted.management.personal['revoke'];
    expect(() => readCatalogue(twisted)).toThrow('management.personal.deactivate');
  });
});

describe('managementRequest', () => {
  it('fills the template, and asks about a token that is yet to be issued as *', () => {
    const fill = (tokenId?: string) =>
      managementRequest(launchdarkly.management, 'personal', 'issue', {
        memberId: 'm1',
        ...(tokenId !== undefined && { tokenId }),
      });
    expect(fill()).toEqual({ action: 'createAccessToken', resource: 'member/m1:token/*' });
    expect(fill('t1')).toEqual({ action: 'createAccessToken', resource: 'member/m1:token/t1' });
    expect(managementRequest(launchdarkly.management, 'service', 'rotate', { tokenId: 't1' })).toEqual({
      action: 'resetAccessToken',
      resource: 'service-token/t1',
    });
    expect(managementRequest(featbit.management, 'service', 'rotate', { memberId: 'm1', tokenId: 't1' })).toEqual({
      action: 'ManageServiceAccessTokens',
      resource: 'access-token/*',
    });
  });

  it('refuses ids that would change the name, a missing member, and a verb that the kind does not have', () => {
    const { management } = launchdarkly;
    for (const id of ['a:b', '*', '', 'a;b', '$&{tokenId}']) {
      expect(() => managementRequest(management, 'personal', 'revoke', { memberId: id, tokenId: 't' })).toThrow(
        InvalidResourceName,
      );
      expect(() => managementRequest(management, 'service', 'revoke', { tokenId: id })).toThrow(InvalidResourceName);
    }
    expect(() => managementRequest(management, 'personal', 'issue', {})).toThrow(InvalidResourceName);
    expect(() => managementRequest(management, 'service', 'changePermissions' as never, {})).toThrow(
      InvalidResourceName,
    );
    expect(managementRequest(management, 'personal', 'revoke', { memberId: '$&', tokenId: "$'" }).resource).toBe(
      "member/$&:token/$'",
    );
  });

  it('lets a Reader manage its own personal tokens and nobody else’s', () => {
    const reader = decideAll('launchdarkly', [builtIn('launchdarkly', 'Reader')]);
    expect(
      reader(managementRequest(launchdarkly.management, 'personal', 'rotate', { memberId: 'm1', tokenId: 't' })),
    ).toBe(true);
    expect(
      reader(managementRequest(launchdarkly.management, 'personal', 'rotate', { memberId: 'm2', tokenId: 't' })),
    ).toBe(false);
  });
});

describe('serviceDenies', () => {
  it.each(dialects)('takes exactly what is not grantable to service tokens out of everything (%s)', (dialect) => {
    const frozen = withDenies([policyOf('everything', [everything])], serviceDenies(catalogues[dialect]));
    const may = decideAll(dialect, frozen);
    const withheld = everyRequest(dialect).filter(({ grantable }) => !grantable);
    expect(withheld.length).toBeGreaterThan(5);
    for (const request of everyRequest(dialect)) expect([request, may(request)]).toEqual([request, request.grantable]);
  });

  it('keeps an action of a type that may be held when another type’s of the same name may not', () => {
    const may = decideAll('launchdarkly', withDenies([policyOf('p', [everything])], serviceDenies(launchdarkly)));
    expect(may({ action: 'updateName', resource: 'role/r' })).toBe(false);
    expect(may({ action: 'updateName', resource: 'proj/p:env/e:flag/f' })).toBe(true);
  });

  it('stands in every policy, for in launchdarkly a deny beside it refuses nothing', () => {
    const may = decideAll(
      'launchdarkly',
      withDenies([builtIn('launchdarkly', 'Reader'), builtIn('launchdarkly', 'Admin')], serviceDenies(launchdarkly)),
    );
    expect(may({ action: 'createAccessToken', resource: 'service-token/t' })).toBe(false);
    const beside = decideAll('launchdarkly', [
      builtIn('launchdarkly', 'Admin'),
      policyOf('denies', serviceDenies(launchdarkly)),
    ]);
    expect(beside({ action: 'createAccessToken', resource: 'service-token/t' })).toBe(true);
  });

  it.each(dialects)('is written as people write, and a frozen copy stays covered by its issuer (%s)', (dialect) => {
    const denies = serviceDenies(catalogues[dialect]);
    expect(parseStatements(denies, dialect)).toEqual({ ok: true, value: denies });
    for (const policy of catalogues[dialect].policies) {
      const issuer = compilePermissions([policy], { dialect, attributes: { memberId: ['m1'] } });
      const frozen = compilePermissions(withDenies([policy], denies), { dialect, attributes: { memberId: ['m1'] } });
      expect(covers(issuer, frozen)).toEqual({ covered: true });
    }
  });
});

describe('the actions that manage tokens', () => {
  const manages = (dialect: (typeof dialects)[number]) => {
    const { management } = catalogues[dialect];
    const ids = { memberId: 'm1', tokenId: 't1' };
    return [
      management.list,
      ...Object.keys(management.personal).map((verb) =>
        managementRequest(management, 'personal', verb as 'issue', ids),
      ),
      ...Object.keys(management.service).map((verb) => managementRequest(management, 'service', verb as 'issue', ids)),
    ];
  };

  it.each(dialects)('are all that managementDenies takes out of a token that inherits (%s)', (dialect) => {
    const denies = managementDenies(catalogues[dialect]);
    const may = decideAll(dialect, [policyOf('inherit', [everything, ...denies])]);
    for (const request of manages(dialect)) expect([request, may(request)]).toEqual([request, false]);
    const tokenTypes = ['access-token', 'token', 'service-token'];
    for (const request of everyRequest(dialect))
      expect([request, may(request)]).toEqual([request, !tokenTypes.includes(request.type)]);
    expect(may(catalogues[dialect].management.administer)).toBe(true);
    expect(parseStatements(denies, dialect)).toEqual({ ok: true, value: denies });
  });

  it.each(dialects)('are given by no wildcard (%s, NO-SELF-HELP)', (dialect) => {
    const wildcards: Statement[][] = [
      [everything],
      [{ effect: 'allow', actions: ['*'], resources: ['access-token/*', 'member/*:token/*', 'service-token/*'] }],
      dialect === 'featbit'
        ? [{ ...everything, resourceType: '*' }]
        : [{ effect: 'allow', notActions: ['viewProject'], notResources: ['proj/*'] }],
      dialect === 'featbit'
        ? [everything, everything]
        : [{ effect: 'allow', actions: ['*AccessToken*'], resources: ['*'] }],
    ];
    for (const statements of wildcards) {
      const may = decideAll(dialect, [
        policyOf('p', [...statements, ...withoutUnnamedManagement(statements, catalogues[dialect])]),
      ]);
      for (const request of manages(dialect))
        expect([statements, request, may(request)]).toEqual([statements, request, false]);
      const all = decideAll(dialect, [policyOf('p', statements)]);
      for (const request of everyRequest(dialect).filter(({ type }) => !type.endsWith('token'))) {
        expect([request, may(request)]).toEqual([request, all(request)]);
      }
    }
  });

  it('are given by their names, and only those', () => {
    const statements: Statement[] = [
      everything,
      { effect: 'allow', actions: ['ManagePersonalAccessTokens'], resources: ['access-token/*'] },
    ];
    const may = decideAll('featbit', [
      policyOf('p', [...statements, ...withoutUnnamedManagement(statements, featbit)]),
    ]);
    const ask = (action: string) => may({ action, resource: 'access-token/*' });
    expect([ask('ManagePersonalAccessTokens'), ask('ManageServiceAccessTokens'), ask('ListAccessTokens')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('are given on no more resources than where they are named (launchdarkly)', () => {
    const statements: Statement[] = [
      everything,
      { effect: 'allow', actions: ['createAccessToken', 'resetAccessToken'], resources: ['member/m1:token/*'] },
    ];
    const denies = withoutUnnamedManagement(statements, launchdarkly);
    const may = decideAll('launchdarkly', [policyOf('p', [...statements, ...denies])]);
    expect(may({ action: 'createAccessToken', resource: 'member/m1:token/*' })).toBe(true);
    expect(may({ action: 'resetAccessToken', resource: 'member/m1:token/t' })).toBe(true);
    expect(may({ action: 'createAccessToken', resource: 'member/m2:token/*' })).toBe(false);
    expect(may({ action: 'createAccessToken', resource: 'service-token/*' })).toBe(false);
    expect(may({ action: 'deleteAccessToken', resource: 'member/m1:token/t' })).toBe(false);
    expect(may({ action: 'updateOn', resource: 'proj/p:env/e:flag/f' })).toBe(true);
    expect(parseStatements(denies, 'launchdarkly')).toEqual({ ok: true, value: denies });
  });

  it('are not named everywhere by a role attribute, which is filled in later', () => {
    const own = `member/\${roleAttribute/${'memberId'}}:token/*`;
    const statements: Statement[] = [everything, { effect: 'allow', actions: ['resetAccessToken'], resources: [own] }];
    const denies = withoutUnnamedManagement(statements, launchdarkly);
    const may = decideAll('launchdarkly', [policyOf('p', [...statements, ...denies])]);
    expect(may({ action: 'resetAccessToken', resource: 'member/m1:token/t' })).toBe(true);
    expect(may({ action: 'resetAccessToken', resource: 'member/m2:token/t' })).toBe(false);
    expect(may({ action: 'resetAccessToken', resource: 'service-token/t' })).toBe(false);
  });

  it('are named for featbit only where all of them are: its host asks about all', () => {
    const statements: Statement[] = [
      everything,
      { effect: 'allow', actions: ['ListAccessTokens'], resources: ['access-token/abc'] },
    ];
    const may = decideAll('featbit', [
      policyOf('p', [...statements, ...withoutUnnamedManagement(statements, featbit)]),
    ]);
    expect(may({ action: 'ListAccessTokens', resource: 'access-token/*' })).toBe(false);
  });

  it('are not named by an exclusion of resources', () => {
    const statements: Statement[] = [{ effect: 'allow', actions: ['createAccessToken'], notResources: ['proj/*'] }];
    const may = decideAll('launchdarkly', [
      policyOf('p', [...statements, ...withoutUnnamedManagement(statements, launchdarkly)]),
    ]);
    expect(may({ action: 'createAccessToken', resource: 'service-token/*' })).toBe(false);
  });

  it('need no denies where no wildcard reaches them', () => {
    const flags: Statement = { effect: 'allow', actions: ['*'], resources: ['project/*:env/*:flag/*'] };
    expect(withoutUnnamedManagement([flags], featbit)).toEqual([]);
    expect(withoutUnnamedManagement([{ ...flags, resources: ['proj/*:env/*:flag/*'] }], launchdarkly)).toEqual([]);
    expect(withoutUnnamedManagement([{ ...everything, effect: 'deny' }], featbit)).toEqual([]);
    const named: Statement = { effect: 'allow', actions: ['ListAccessTokens'], resources: ['*'] };
    expect(withoutUnnamedManagement([named], featbit)).toEqual([]);
    expect(withoutUnnamedManagement([{ ...named, resources: ['access-token/abc'] }], featbit)).toEqual([]);
  });

  it('stay named when a pooled policy names them, and in each policy alone where they are judged alone', () => {
    const both = decideAll(
      'featbit',
      restrictManagement([builtIn('featbit', 'Owner'), builtIn('featbit', 'Developer')], featbit),
    );
    expect(both({ action: 'ListAccessTokens', resource: 'access-token/*' })).toBe(true);
    const owner = decideAll('featbit', restrictManagement([builtIn('featbit', 'Owner')], featbit));
    expect(owner({ action: 'ListAccessTokens', resource: 'access-token/*' })).toBe(false);
    expect(owner({ action: 'CanManageIAM', resource: 'iam/*' })).toBe(true);
    const mine = policyOf('mine', [
      { effect: 'allow', actions: ['createAccessToken'], resources: ['member/m1:token/*'] },
    ]);
    const may = decideAll('launchdarkly', restrictManagement([builtIn('launchdarkly', 'Admin'), mine], launchdarkly));
    expect(may({ action: 'createAccessToken', resource: 'member/m1:token/*' })).toBe(true);
    expect(may({ action: 'createAccessToken', resource: 'service-token/*' })).toBe(false);
  });
});

describe('expandAbility', () => {
  it.each(dialects)('gives each preset its access levels and nothing of level admin (%s)', (dialect) => {
    const levels = { read: ['read'], write: ['read', 'write'], metrics: ['metrics'] } as const;
    for (const [ability, included] of Object.entries(levels)) {
      const statements = expandAbility(ability as 'read', catalogues[dialect]);
      const may = decideAll(dialect, [policyOf('p', statements)]);
      for (const request of everyRequest(dialect)) {
        expect([request, may(request)]).toEqual([request, (included as readonly string[]).includes(request.access)]);
      }
      expect(parseStatements(statements, dialect)).toEqual({ ok: true, value: statements });
    }
  });

  it.each(dialects)('over one project stays within it (%s)', (dialect) => {
    const root = dialect === 'featbit' ? 'project' : 'proj';
    const may = decideAll(dialect, [policyOf('p', expandAbility('write', catalogues[dialect], { project: 'shop' }))]);
    for (const request of everyRequest(dialect)) {
      expect(may(request)).toBe(false);
      const within = { ...request, resource: request.resource.replace(`${root}/k1`, `${root}/shop`) };
      const expected = request.resource.startsWith(root) && ['read', 'write'].includes(request.access);
      expect([within, may(within)]).toEqual([within, expected]);
    }
  });

  it('leaves out over one project what can not be limited to one', () => {
    const file = readVectors('featbit-catalogue') as { resourceTypes: object[] };
    const action = { access: 'write', grantableToService: true };
    const catalogue = readCatalogue({
      ...file,
      resourceTypes: [
        {
          type: 'project',
          resource: 'project/*',
          narrowable: true,
          actions: [
            { ...action, name: 'Make', narrowable: false },
            { ...action, name: 'Change', narrowable: true },
          ],
        },
      ],
    });
    const actions = (project?: string) =>
      expandAbility('write', catalogue, project === undefined ? {} : { project }).flatMap(
        (statement) => statement.actions,
      );
    expect(actions()).toEqual(['Make', 'Change']);
    expect(actions('shop')).toEqual(['Change']);
  });

  it('refuses a key that is no key of a project, and what is no preset of statements', () => {
    for (const project of ['*', 'a:b', '', 'a;b']) {
      expect(() => expandAbility('read', featbit, { project })).toThrow(InvalidResourceName);
    }
    for (const ability of ['full_access', 'admin', 'constructor', '__proto__']) {
      expect(() => expandAbility(ability as 'read', featbit)).toThrow(TypeError);
    }
  });
});
