import type { Tx } from '@latchkey/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { featbitCatalogue } from '../src/index.ts';
import { at, type OpenDirectory, openDirectory } from './open-directory.ts';
import { refusalOf } from './refusal.ts';

let open: OpenDirectory;
beforeEach(async () => {
  open = await openDirectory();
  await open.run(async (tx) => {
    for (const organizationId of ['acme', 'other'])
      await open.directory.organizations.insert(tx, {
        organizationId,
        name: organizationId,
        catalogue: featbitCatalogue,
      });
  });
});
afterEach(() => open.close());

const since = at('2026-01-01T00:00:00.123Z');
interface Given {
  readonly policyIds?: readonly string[];
  readonly groupIds?: readonly string[];
  readonly email?: string;
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}
const insert = (tx: Tx, organizationId: string, memberId: string, given: Given = {}) =>
  open.directory.members.insert(tx, organizationId, {
    memberId,
    email: `${memberId}@acme.example`,
    name: memberId,
    locale: 'en',
    memberSince: since,
    policyIds: [],
    groupIds: [],
    ...given,
  });
const add = (memberId: string, given?: Given) => open.run((tx) => insert(tx, 'acme', memberId, given));
const addGroup = (groupId: string, policyIds: readonly string[], memberIds: readonly string[] = []) =>
  open.run((tx) =>
    open.directory.groups.insert(tx, 'acme', { groupId, name: groupId, description: null, policyIds, memberIds }),
  );

describe('a member of the embedded directory', () => {
  test('is given back as it was written, to the millisecond', async () => {
    const written = await add('dana', { policyIds: ['developer'], attributes: { team: ['shop', 'mobile'] } });
    expect(await open.directory.members.find('acme', 'dana')).toEqual(written);
    expect(written).toMatchObject({
      memberSince: since,
      locale: 'en',
      status: 'active',
      directPolicyIds: ['developer'],
      attributes: { team: ['shop', 'mobile'], memberId: ['dana'] },
    });
  });

  test('has direct policies first, then those of its groups, each once and always in this order', async () => {
    await addGroup('b-team', ['developer', 'owner']);
    await addGroup('a-team', ['owner']);
    await add('dana', { policyIds: ['developer', 'administrator'], groupIds: ['b-team', 'a-team'] });
    await add('devin', { groupIds: ['b-team', 'a-team'] });
    const idsOf = async (memberId: string) =>
      (await open.directory.host.findMember('acme', memberId))?.policies.map((policy) => policy.id);
    expect(await idsOf('dana')).toEqual(['administrator', 'developer', 'owner']);
    expect(await idsOf('devin')).toEqual(['owner', 'developer']);
  });

  test('can not be given the id of another member as its own role attribute', async () => {
    const member = await add('dana', { attributes: { memberId: ['olivia'] } });
    expect(member.attributes).toEqual({ memberId: ['dana'] });
  });

  test('that was removed keeps its row and its id, and gives its address free', async () => {
    await addGroup('team', ['developer']);
    await add('dana', { policyIds: ['developer'], groupIds: ['team'], attributes: { team: ['shop'] } });
    await open.run((tx) => open.directory.members.remove(tx, 'acme', 'dana'));
    expect(await open.directory.members.find('acme', 'dana')).toMatchObject({
      status: 'removed',
      policies: [],
      directPolicyIds: [],
      groupIds: [],
      attributes: { memberId: ['dana'] },
    });
    expect((await open.directory.groups.find('acme', 'team'))?.memberIds).toEqual([]);
    expect(await refusalOf(add('dana', { email: 'new@acme.example' }))).toBe('conflict');
    await add('dana-2', { email: 'dana@acme.example' });
    expect(await open.directory.members.findByEmail('acme', 'DANA@acme.example')).toMatchObject({ memberId: 'dana-2' });
  });

  test('that was removed takes no policies and no groups any more, and its removal can be said twice', async () => {
    await addGroup('team', ['developer']);
    await add('dana');
    const remove = () => open.run((tx) => open.directory.members.remove(tx, 'acme', 'dana'));
    await remove();
    const removed = await open.directory.members.find('acme', 'dana');
    await remove();
    expect(await open.directory.members.find('acme', 'dana')).toEqual(removed);
    const { members, groups } = open.directory;
    expect(
      await refusalOf(open.run((tx) => members.setPolicies(tx, 'acme', 'dana', { policyIds: ['developer'] }))),
    ).toBe('member_removed');
    expect(await refusalOf(open.run((tx) => groups.update(tx, 'acme', 'team', 1, { memberIds: ['dana'] })))).toBe(
      'unknown_reference',
    );
  });

  test('TERMINAL: not even by hand does a removed one become active, or a revision fall', async () => {
    await add('dana');
    await open.run((tx) => open.directory.members.remove(tx, 'acme', 'dana'));
    const byHand = (statement: string) => open.orm.em.fork().execute(statement);
    await expect(byHand("update iam.member set status = 'active'")).rejects.toThrow('stays ended');
    await expect(byHand("update iam.member set member_id = 'other'")).rejects.toThrow('stays ended');
    await expect(byHand('update iam.member set revision = 0')).rejects.toThrow('only grows');
    await expect(byHand('update iam.permission_revision set revision = 0')).rejects.toThrow('only grows');
  });

  test('is one for an address, whatever its case, also when two are added at once', async () => {
    await add('dana');
    expect(await refusalOf(add('dana-2', { email: 'Dana@Acme.Example' }))).toBe('email_taken');
    const both = await Promise.all([
      refusalOf(add('eva-1', { email: 'eva@acme.example' })),
      refusalOf(add('eva-2', { email: 'EVA@acme.example' })),
    ]);
    expect(both.toSorted()).toEqual(['email_taken', 'was not refused']);
    await open.run((tx) => insert(tx, 'other', 'dana'));
  });

  test('is not put together with policies or groups that its organization lacks', async () => {
    await open.run((tx) =>
      open.directory.policies.insert(tx, 'other', {
        policyId: 'foreign',
        name: 'F',
        description: null,
        statements: [],
      }),
    );
    expect(await refusalOf(add('dana', { policyIds: ['foreign'] }))).toBe('unknown_reference');
    expect(await refusalOf(add('dana', { groupIds: ['missing'] }))).toBe('unknown_reference');
    expect(await open.directory.members.find('acme', 'dana')).toBeNull();
    expect(await refusalOf(open.run((tx) => insert(tx, 'nowhere', 'dana')))).toBe('not_found');
    const { members } = open.directory;
    expect(await refusalOf(open.run((tx) => members.remove(tx, 'acme', 'nobody')))).toBe('not_found');
    expect(await refusalOf(open.run((tx) => members.setPolicies(tx, 'acme', 'nobody', { policyIds: [] })))).toBe(
      'not_found',
    );
  });

  test('TENANT-WALL: what happens to its namesake in another organization does not touch it', async () => {
    const before = await add('dana', { policyIds: ['developer'] });
    await open.run(async (tx) => {
      await insert(tx, 'other', 'dana', { policyIds: ['owner'] });
      await insert(tx, 'other', 'olivia', { policyIds: ['owner'] });
      await open.directory.members.setPolicies(tx, 'other', 'dana', { policyIds: [] });
      await open.directory.members.remove(tx, 'other', 'dana');
    });
    expect(await open.directory.members.find('acme', 'dana')).toEqual(before);
    expect(await open.directory.members.list('acme', { limit: 10 })).toEqual([before]);
    expect(await open.directory.policies.membersWith('acme', 'owner')).toEqual([]);
  });

  test('stays at its revision while others change', async () => {
    const before = await add('dana', { policyIds: ['developer'] });
    await add('devin', { policyIds: ['developer'] });
    await open.run((tx) => open.directory.members.setPolicies(tx, 'acme', 'devin', { policyIds: [] }));
    expect(await open.directory.members.find('acme', 'dana')).toEqual(before);
  });

  test('is found by part of its name or address, in which nothing is a wildcard', async () => {
    await add('dana', { name: 'Dana 100% Näf' });
    await add('devin', { name: 'Devin' });
    await open.run((tx) => open.directory.members.remove(tx, 'acme', 'devin'));
    const search = async (text: string, includeRemoved = false) =>
      (await open.directory.members.list('acme', { search: text, includeRemoved, limit: 10 })).map((m) => m.memberId);
    expect(await search('NÄF')).toEqual(['dana']);
    expect(await search('0%')).toEqual(['dana']);
    expect(await search('%')).toEqual(['dana']);
    expect(await search('d_n')).toEqual([]);
    expect(await search("' or true --")).toEqual([]);
    expect(await search('\0')).toEqual([]);
    expect(await search('ACME')).toEqual(['dana']);
    expect(await search('acme', true)).toEqual(['dana', 'devin']);
  });
});
