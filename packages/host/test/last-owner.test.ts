import type { Tx } from '@latchkey/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { featbitCatalogue, launchdarklyCatalogue } from '../src/index.ts';
import { at, type OpenDirectory, openDirectory } from './open-directory.ts';
import { refusalOf } from './refusal.ts';

let open: OpenDirectory;
beforeEach(async () => {
  open = await openDirectory();
});
afterEach(() => open.close());

const add = (tx: Tx, organizationId: string, memberId: string, policyIds: readonly string[]) =>
  open.directory.members.insert(tx, organizationId, {
    memberId,
    email: `${memberId}@acme.example`,
    name: memberId,
    locale: 'en',
    memberSince: at('2026-01-01T00:00:00Z'),
    policyIds,
    groupIds: [],
  });

const organization = (catalogue: unknown, work: (tx: Tx) => Promise<unknown>) =>
  open.run(async (tx) => {
    await open.directory.organizations.insert(tx, { organizationId: 'acme', name: 'Acme', catalogue });
    await work(tx);
  });

const ownersGroup = { groupId: 'owners', name: 'Owners', description: null, policyIds: ['owner'] };
const owners = () => open.directory.policies.membersWith('acme', 'owner');

describe('the last Owner', () => {
  test('is neither removed nor demoted', async () => {
    const { members } = open.directory;
    await organization(featbitCatalogue, (tx) => add(tx, 'acme', 'olivia', ['owner']));
    expect(await refusalOf(open.run((tx) => members.remove(tx, 'acme', 'olivia')))).toBe('last_owner');
    expect(
      await refusalOf(open.run((tx) => members.setPolicies(tx, 'acme', 'olivia', { policyIds: ['administrator'] }))),
    ).toBe('last_owner');
    expect(await owners()).toEqual(['olivia']);
  });

  test('by a group is not lost by any edit of the group, nor by leaving it', async () => {
    const { groups, members } = open.directory;
    await organization(featbitCatalogue, async (tx) => {
      await add(tx, 'acme', 'olivia', []);
      await groups.insert(tx, 'acme', { ...ownersGroup, memberIds: ['olivia'] });
    });
    const attempts: readonly ((tx: Tx) => Promise<unknown>)[] = [
      (tx: Tx) => groups.update(tx, 'acme', 'owners', 1, { policyIds: ['developer'] }),
      (tx: Tx) => groups.update(tx, 'acme', 'owners', 1, { memberIds: [] }),
      (tx: Tx) => groups.remove(tx, 'acme', 'owners'),
      (tx: Tx) => members.setPolicies(tx, 'acme', 'olivia', { policyIds: ['administrator'], groupIds: [] }),
      (tx: Tx) => members.remove(tx, 'acme', 'olivia'),
    ];
    for (const attempt of attempts) expect(await refusalOf(open.run(attempt))).toBe('last_owner');
    expect(await owners()).toEqual(['olivia']);
    // What is direct does not matter while the group makes an Owner.
    await open.run((tx) => members.setPolicies(tx, 'acme', 'olivia', { policyIds: ['administrator'] }));
  });

  test('whose base role a custom role would replace stays an Owner', async () => {
    const { members } = open.directory;
    await organization(launchdarklyCatalogue, (tx) => add(tx, 'acme', 'gina', ['owner']));
    const attempt = open.run((tx) => members.setPolicies(tx, 'acme', 'gina', { policyIds: ['owner', 'qa'] }));
    expect(await refusalOf(attempt)).toBe('last_owner');
    expect(await owners()).toEqual(['gina']);
  });

  test('of two is decided by who commits first: the other one is refused', async () => {
    const { members } = open.directory;
    await organization(featbitCatalogue, async (tx) => {
      await add(tx, 'acme', 'olivia', ['owner']);
      await add(tx, 'acme', 'oscar', ['owner']);
    });
    const first = await open.begin();
    await members.remove(first.tx, 'acme', 'olivia');
    const second = refusalOf(open.run((tx) => members.setPolicies(tx, 'acme', 'oscar', { policyIds: [] })));
    await vi.waitFor(async () => expect(await open.waiting()).toBe(1), 5_000);
    await first.commit();
    expect(await second).toBe('last_owner');
    expect(await owners()).toEqual(['oscar']);
  });

  test('is what remains of ten who all leave at once', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `owner-${index}`);
    await organization(featbitCatalogue, async (tx) => {
      for (const id of ids) await add(tx, 'acme', id, ['owner']);
    });
    const outcomes = await Promise.all(
      ids.map((id) => refusalOf(open.run((tx) => open.directory.members.remove(tx, 'acme', id)))),
    );
    expect(outcomes.filter((outcome) => outcome === 'last_owner')).toHaveLength(1);
    expect(await owners()).toHaveLength(1);
  });

  test('a refused write leaves nothing behind, even where its transaction goes on and commits', async () => {
    const { members, groups } = open.directory;
    await organization(featbitCatalogue, async (tx) => {
      await add(tx, 'acme', 'olivia', []);
      await groups.insert(tx, 'acme', { ...ownersGroup, memberIds: ['olivia'] });
    });
    const before = await members.find('acme', 'olivia');
    await open.run(async (tx) => {
      expect(await refusalOf(members.remove(tx, 'acme', 'olivia'))).toBe('last_owner');
      await add(tx, 'acme', 'dana', ['developer']);
    });
    expect(await members.find('acme', 'olivia')).toEqual(before);
    expect(await members.find('acme', 'dana')).toMatchObject({ status: 'active' });
    expect(await groups.find('acme', 'owners')).toMatchObject({ memberIds: ['olivia'], revision: 1 });
  });

  test('an organization that has no Owner yet can be filled', async () => {
    await organization(featbitCatalogue, (tx) => add(tx, 'acme', 'dana', ['developer']));
    await open.run((tx) => open.directory.members.remove(tx, 'acme', 'dana'));
    expect(await owners()).toEqual([]);
  });
});
