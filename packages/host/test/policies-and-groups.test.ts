import type { Statement } from '@latchkey/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { featbitCatalogue } from '../src/index.ts';
import { at, type OpenDirectory, openDirectory } from './open-directory.ts';
import { refusalOf } from './refusal.ts';

let open: OpenDirectory;
beforeEach(async () => {
  open = await openDirectory();
  await open.run(async (tx) => {
    await open.directory.organizations.insert(tx, {
      organizationId: 'acme',
      name: 'Acme',
      catalogue: featbitCatalogue,
    });
    for (const memberId of ['dana', 'devin', 'eva'])
      await open.directory.members.insert(tx, 'acme', {
        memberId,
        email: `${memberId}@acme.example`,
        name: memberId,
        locale: 'en',
        memberSince: at('2026-01-01T00:00:00Z'),
        policyIds: [],
        groupIds: [],
      });
    await open.directory.policies.insert(tx, 'acme', { ...policy, policyId: 'toggle', name: 'Toggle' });
  });
});
afterEach(() => open.close());

const statements: readonly Statement[] = [
  { resourceType: 'flag', effect: 'allow', actions: ['ToggleFlag'], resources: ["project/o'neill:env/*:flag/\\"] },
];
const policy = { description: 'Switches', statements };
const group = { name: 'Team', description: null, policyIds: [], memberIds: [] };
const policies = () => open.directory.policies;
const groups = () => open.directory.groups;

describe('a policy of the embedded directory', () => {
  test('is given back as it was written', async () => {
    expect(await policies().find('acme', 'toggle')).toEqual({
      organizationId: 'acme',
      policyId: 'toggle',
      name: 'Toggle',
      builtIn: false,
      revision: 1,
      ...policy,
    });
  });

  test('changes only where the editor has seen its latest revision', async () => {
    const update = (revision: number, name: string) =>
      open.run((tx) => policies().update(tx, 'acme', 'toggle', revision, { name }));
    const outcomes = await Promise.all([refusalOf(update(1, 'One')), refusalOf(update(1, 'Two'))]);
    expect(outcomes.toSorted()).toEqual(['conflict', 'was not refused']);
    const changed = await open.run((tx) => policies().update(tx, 'acme', 'toggle', 2, { description: null }));
    expect(changed).toMatchObject({ revision: 3, description: null, statements });
  });

  test('has a name and an id of its own', async () => {
    const add = (policyId: string, name: string) =>
      refusalOf(open.run((tx) => policies().insert(tx, 'acme', { ...policy, policyId, name })));
    expect(await add('other', 'Toggle')).toBe('name_taken');
    expect(await add('toggle', 'Other')).toBe('conflict');
    expect(await add('other', 'Other')).toBe('was not refused');
    expect(await refusalOf(open.run((tx) => policies().update(tx, 'acme', 'other', 1, { name: 'Owner' })))).toBe(
      'name_taken',
    );
  });

  test('that is built in is neither edited nor removed', async () => {
    expect(await refusalOf(open.run((tx) => policies().update(tx, 'acme', 'owner', 1, { statements: [] })))).toBe(
      'built_in',
    );
    expect(await refusalOf(open.run((tx) => policies().remove(tx, 'acme', 'developer')))).toBe('built_in');
  });

  test('is not removed while a member or a group has it', async () => {
    const remove = () => refusalOf(open.run((tx) => policies().remove(tx, 'acme', 'toggle')));
    await open.run((tx) => open.directory.members.setPolicies(tx, 'acme', 'dana', { policyIds: ['toggle'] }));
    expect(await remove()).toBe('in_use');
    await open.run((tx) => open.directory.members.remove(tx, 'acme', 'dana'));
    await open.run((tx) => groups().insert(tx, 'acme', { ...group, groupId: 'team', policyIds: ['toggle'] }));
    expect(await remove()).toBe('in_use');
    await open.run((tx) => groups().remove(tx, 'acme', 'team'));
    expect(await remove()).toBe('was not refused');
    expect(await policies().find('acme', 'toggle')).toBeNull();
    expect(await remove()).toBe('not_found');
  });

  test('concerns the active members who have it, directly or through groups', async () => {
    await open.run(async (tx) => {
      await open.directory.members.setPolicies(tx, 'acme', 'dana', { policyIds: ['toggle'] });
      await groups().insert(tx, 'acme', {
        ...group,
        groupId: 'team',
        policyIds: ['toggle'],
        memberIds: ['dana', 'eva'],
      });
    });
    expect(await policies().membersWith('acme', 'toggle')).toEqual(['dana', 'eva']);
    await open.run((tx) => open.directory.members.remove(tx, 'acme', 'eva'));
    expect(await policies().membersWith('acme', 'toggle')).toEqual(['dana']);
  });

  test('is listed by pages', async () => {
    const first = await policies().list('acme', { limit: 3 });
    const rest = await policies().list('acme', { limit: 3, after: first.at(-1)?.policyId ?? '' });
    expect([...first, ...rest].map((each) => each.policyId)).toEqual(['administrator', 'developer', 'owner', 'toggle']);
  });
});

describe('a group of the embedded directory', () => {
  test('is given back as it was written, and listed', async () => {
    const written = await open.run((tx) =>
      groups().insert(tx, 'acme', { ...group, groupId: 'team', policyIds: ['toggle'], memberIds: ['eva', 'dana'] }),
    );
    expect(written).toEqual({
      organizationId: 'acme',
      groupId: 'team',
      name: 'Team',
      description: null,
      policyIds: ['toggle'],
      memberIds: ['dana', 'eva'],
      revision: 1,
    });
    expect(await groups().find('acme', 'team')).toEqual(written);
    expect(await groups().list('acme', { limit: 10 })).toEqual([written]);
    expect(await groups().list('acme', { limit: 10, after: 'team' })).toEqual([]);
  });

  test('is edited only by who has seen its latest members, also where a member was moved from the other side', async () => {
    await open.run((tx) => groups().insert(tx, 'acme', { ...group, groupId: 'team', memberIds: ['dana'] }));
    await open.run((tx) =>
      open.directory.members.setPolicies(tx, 'acme', 'eva', { policyIds: [], groupIds: ['team'] }),
    );
    expect(await refusalOf(open.run((tx) => groups().update(tx, 'acme', 'team', 1, { memberIds: ['devin'] })))).toBe(
      'conflict',
    );
    const changed = await open.run((tx) => groups().update(tx, 'acme', 'team', 2, { memberIds: ['devin'] }));
    expect(changed).toMatchObject({ memberIds: ['devin'], revision: 3 });
  });

  test('raises the revision of whom an edit concerns, and of nobody else', async () => {
    await open.run((tx) =>
      groups().insert(tx, 'acme', { ...group, groupId: 'team', policyIds: ['toggle'], memberIds: ['dana', 'devin'] }),
    );
    const revisions = async () => {
      const members = await open.directory.members.list('acme', { limit: 10 });
      return Object.fromEntries(members.map((member) => [member.memberId, BigInt(member.revision)]));
    };
    const raisedBy = async (change: Parameters<ReturnType<typeof groups>['update']>[4]) => {
      const before = await revisions();
      const revision = (await groups().find('acme', 'team'))?.revision ?? 0;
      await open.run((tx) => groups().update(tx, 'acme', 'team', revision, change));
      const after = await revisions();
      return Object.keys(after).filter((id) => (after[id] ?? 0n) > (before[id] ?? 0n));
    };
    expect(await raisedBy({ name: 'Crew' })).toEqual([]);
    expect(await raisedBy({ memberIds: ['dana', 'eva'] })).toEqual(['devin', 'eva']);
    expect(await raisedBy({ policyIds: [] })).toEqual(['dana', 'eva']);
    expect(await raisedBy({ policyIds: ['toggle'], memberIds: ['devin'] })).toEqual(['dana', 'devin', 'eva']);
  });

  test('that is removed takes its policies from its members and raises their revision', async () => {
    await open.run((tx) =>
      groups().insert(tx, 'acme', { ...group, groupId: 'team', policyIds: ['toggle'], memberIds: ['dana'] }),
    );
    const before = await open.directory.members.find('acme', 'dana');
    await open.run((tx) => groups().remove(tx, 'acme', 'team'));
    const after = await open.directory.members.find('acme', 'dana');
    expect([before?.policies.length, after?.policies.length]).toEqual([1, 0]);
    expect(BigInt(after?.revision ?? 0)).toBeGreaterThan(BigInt(before?.revision ?? 0));
    expect(await groups().find('acme', 'team')).toBeNull();
  });

  test('has a name and an id of its own, and holds only what the organization has', async () => {
    const add = (groupId: string, given: { name?: string; policyIds?: string[]; memberIds?: string[] }) =>
      refusalOf(open.run((tx) => groups().insert(tx, 'acme', { ...group, groupId, ...given })));
    expect(await add('team', {})).toBe('was not refused');
    expect(await add('team', { name: 'Other' })).toBe('conflict');
    expect(await add('other', {})).toBe('name_taken');
    expect(await add('other', { name: 'Other', policyIds: ['missing'] })).toBe('unknown_reference');
    expect(await add('other', { name: 'Other', memberIds: ['nobody'] })).toBe('unknown_reference');
    expect(await refusalOf(open.run((tx) => groups().remove(tx, 'acme', 'missing')))).toBe('not_found');
    expect(await groups().find('acme', 'other')).toBeNull();
  });
});
