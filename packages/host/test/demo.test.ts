import {
  compilePermissions,
  decide,
  parsePolicies,
  type Request,
  readCatalogue,
  readHostPolicies,
} from '@latchkey/core/policy';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  cataloguePolicyId,
  demoOrganizations,
  demoProjects,
  featbitCatalogue,
  launchdarklyCatalogue,
  seedDemo,
} from '../src/index.ts';
import { at, type OpenDirectory, openDirectory } from './open-directory.ts';

let open: OpenDirectory;
const clock = { now: () => at('2026-03-01T12:00:00Z') };
const seed = () => open.run((tx) => seedDemo({ directory: open.directory, clock }, tx));
beforeEach(async () => {
  open = await openDirectory();
  await seed();
});
afterEach(() => open.close());

const may = async (organizationId: string, memberId: string, request: Request): Promise<boolean> => {
  const { host } = open.directory;
  const { dialect } = await host.catalogue(organizationId);
  const member = await host.findMember(organizationId, memberId);
  const { policies, unreadable } = readHostPolicies(member?.policies, dialect);
  expect(unreadable).toEqual([]);
  const permissions = compilePermissions(policies, { dialect, attributes: member?.attributes ?? {} });
  return decide(permissions, request).effect === 'allow';
};

describe('the demo', () => {
  test('has both organizations, with the members that it describes', async () => {
    expect(await open.directory.organizations.list()).toEqual([
      { organizationId: 'acme', name: 'Acme' },
      { organizationId: 'globex', name: 'Globex' },
    ]);
    for (const organization of demoOrganizations) {
      expect((await open.directory.host.catalogue(organization.id)).dialect).toBe(organization.dialect);
      const members = await open.directory.members.list(organization.id, { limit: 200 });
      expect(members.map((m) => m.memberId)).toEqual(organization.members.map((m) => m.id).toSorted());
      for (const member of organization.members)
        expect(members.find((m) => m.memberId === member.id)).toMatchObject({
          email: member.email,
          name: member.name,
          locale: member.locale,
          directPolicyIds: member.policyIds.toSorted(),
          groupIds: member.groupIds,
          memberSince: clock.now(),
        });
    }
  });

  test('is seeded once: what people have changed stays, and who was removed stays removed', async () => {
    const { members } = open.directory;
    await open.run(async (tx) => {
      await members.remove(tx, 'acme', 'dana');
      await members.setPolicies(tx, 'acme', 'adam', { policyIds: ['developer'] });
      await members.setPolicies(tx, 'globex', 'arthur', { policyIds: ['owner'] });
      await members.remove(tx, 'globex', 'gina');
    });
    const before = await members.list('acme', { includeRemoved: true, limit: 200 });
    await seed();
    expect(await members.list('acme', { includeRemoved: true, limit: 200 })).toEqual(before);
    expect(await members.find('globex', 'gina')).toMatchObject({ status: 'removed' });
  });

  test('is seeded once by two who start at the same time', async () => {
    const fresh = await openDirectory();
    const both = () => fresh.run((tx) => seedDemo({ directory: fresh.directory, clock }, tx));
    try {
      await Promise.all([both(), both()]);
      expect(await fresh.directory.members.list('globex', { limit: 200 })).toHaveLength(6);
    } finally {
      await fresh.close();
    }
  });

  test('leaves an organization alone that somebody else has made under its id', async () => {
    const fresh = await openDirectory();
    const { directory, run } = fresh;
    try {
      await run((tx) =>
        directory.organizations.insert(tx, { organizationId: 'acme', name: 'Ours', catalogue: featbitCatalogue }),
      );
      await run((tx) => seedDemo({ directory, clock }, tx));
      expect(await directory.members.list('acme', { limit: 200 })).toEqual([]);
      expect(await directory.members.list('globex', { limit: 200 })).toHaveLength(6);
    } finally {
      await fresh.close();
    }
  });

  test('the policies of both dialects are what people may write, and name only actions of the catalogue', () => {
    for (const { catalogue, dialect, policies } of demoOrganizations) {
      expect(parsePolicies(policies, dialect)).toMatchObject({ ok: true });
      const { resourceTypes } = readCatalogue(catalogue);
      const known = new Set(['*', ...resourceTypes.flatMap((type) => type.actions.map((action) => action.name))]);
      const named = policies.flatMap((policy) => policy.statements.flatMap((statement) => statement.actions ?? []));
      expect(named.filter((action) => !known.has(action))).toEqual([]);
    }
  });

  test.each([
    ['olivia', 'CanManageIAM', 'iam/*', true],
    ['adam', 'CanManageIAM', 'iam/*', true],
    ['adam', 'DeleteFlag', 'project/shop:env/prod:flag/checkout', true],
    ['dana', 'CanManageIAM', 'iam/*', false],
    ['dana', 'ToggleFlag', 'project/shop:env/prod:flag/checkout', true],
    ['dana', 'DeleteFlag', 'project/shop:env/prod:flag/checkout', true],
    ['devin', 'ToggleFlag', 'project/shop:env/prod:flag/checkout', true],
    ['devin', 'DeleteFlag', 'project/shop:env/prod:flag/checkout', false],
    ['devin', 'ArchiveFlag', 'project/mobile:env/prod:flag/push', false],
    ['devin', 'DeleteFlag', 'project/shop:env/dev:flag/checkout', true],
    ['bea', 'ToggleFlag', 'project/shop:env/prod:flag/gift-cards;paid,beta', true],
    ['bea', 'ToggleFlag', 'project/shop:env/prod:flag/checkout;paid', false],
    ['bea', 'ToggleFlag', 'project/mobile:env/prod:flag/offline;beta', false],
    ['bea', 'ManagePersonalAccessTokens', 'access-token/*', true],
    ['bea', 'ManageServiceAccessTokens', 'access-token/*', false],
  ])('acme: may %s do %s on %s? %s', async (memberId, action, resource, allowed) => {
    expect(await may('acme', memberId, { action, resource })).toBe(allowed);
  });

  test.each([
    ['gina', 'deleteMember', 'member/rita', true],
    ['arthur', 'updateRole', 'member/rita', true],
    ['wendy', 'updateOn', 'proj/shop:env/prod:flag/checkout', true],
    ['wendy', 'updateRole', 'member/rita', false],
    ['rita', 'viewProject', 'proj/shop', true],
    ['rita', 'updateOn', 'proj/shop:env/prod:flag/checkout', false],
    ['quinn', 'updateOn', 'proj/shop:env/dev;qa_shop:flag/checkout', true],
    ['quinn', 'updateOn', 'proj/shop:env/prod:flag/checkout', false],
    ['quinn', 'createAccessToken', 'member/quinn:token/new', true],
    ['paula', 'updateOn', 'proj/shop:env/prod;{critical:true}:flag/checkout', false],
    ['paula', 'updateOn', 'proj/shop:env/dev:flag/checkout', true],
    ['paula', 'createAccessToken', 'member/quinn:token/new', false],
  ])('globex: may %s do %s on %s? %s', async (memberId, action, resource, allowed) => {
    expect(await may('globex', memberId, { action, resource })).toBe(allowed);
  });

  test('has two projects whose environments and flags have keys of their own', () => {
    const unique = (keys: readonly string[]) => expect(new Set(keys).size).toBe(keys.length);
    expect(demoProjects).toHaveLength(2);
    unique(demoProjects.map((project) => project.key));
    for (const { environments } of demoProjects) {
      unique(environments.map((environment) => environment.key));
      for (const { flags } of environments) unique(flags.map((flag) => flag.key));
    }
  });
});

describe('the catalogues', () => {
  test('bring the built-in policies of their hosts, each with an id of its own', () => {
    const namesOf = (catalogue: unknown) =>
      readCatalogue(catalogue)
        .policies.filter((policy) => policy.builtIn)
        .map((policy) => policy.name)
        .toSorted();
    expect(namesOf(featbitCatalogue)).toEqual(['Administrator', 'Developer', 'Owner']);
    expect(namesOf(launchdarklyCatalogue)).toEqual(['Admin', 'Owner', 'Reader', 'Writer']);
    expect(cataloguePolicyId('Production read-only')).toBe('production-read-only');
  });

  test('that can not be read is not stored, and one that can no longer be read closes its organization', async () => {
    const add = (catalogue: unknown) =>
      open.run((tx) => open.directory.organizations.insert(tx, { organizationId: 'new', name: 'New', catalogue }));
    await expect(add({ dialect: 'other' })).rejects.toThrow();
    expect(await open.directory.organizations.list()).toHaveLength(2);
    await open.orm.em.fork().execute(`update iam.organization set catalogue = '{}' where organization_id = 'acme'`);
    await expect(open.directory.host.catalogue('acme')).rejects.toMatchObject({ name: 'HostUnavailable' });
  });
});
