import type { Statement, Tx } from '@latchkey/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ChangedPermissions,
  DirectoryRefusal,
  featbitCatalogue,
  launchdarklyCatalogue,
  type PermissionKeeper,
} from '../src/index.ts';
import { at, type OpenDirectory, openDirectory, wireDirectory } from './open-directory.ts';

/** What a keeper was told last of each subject, with the texts put in. */
interface Remembered {
  readonly revision: bigint;
  readonly policies: readonly unknown[] | null;
  readonly attributes: unknown;
}

let open: OpenDirectory;
let told: ChangedPermissions[];
let latest: Map<string, Remembered>;
const keeper: PermissionKeeper = {
  keep: async (_, changed) => {
    told.push(changed);
    for (const { type, id, policyIds, attributes } of changed.subjects) {
      const policies = policyIds?.map((policyId) => changed.policies.find((each) => each.id === policyId)) ?? null;
      latest.set(`${type} ${id}`, { revision: BigInt(changed.revision), policies, attributes });
    }
  },
};

beforeEach(async () => {
  told = [];
  latest = new Map();
  const opened = await openDirectory();
  open = { ...opened, ...wireDirectory(opened.orm, undefined, keeper) };
});
afterEach(() => open.close());

const addOrganization = (organizationId: string, catalogue: unknown) =>
  open.run((tx) => open.directory.organizations.insert(tx, { organizationId, name: organizationId, catalogue }));
const addMember = (organizationId: string, memberId: string, policyIds: readonly string[] = []) =>
  open.run((tx) =>
    open.directory.members.insert(tx, organizationId, {
      memberId,
      email: `${memberId}@example.com`,
      name: memberId,
      locale: 'en',
      memberSince: at('2026-01-01T00:00:00Z'),
      policyIds,
      groupIds: [],
    }),
  );
const text = (action: string): readonly Statement[] => [{ effect: 'allow', actions: [action], resources: ['*'] }];

/** The keeper knows exactly what the directory says now, of every member and every policy. */
const expectKept = async (organizationId: string, memberIds: readonly string[], policyIds: readonly string[]) => {
  for (const memberId of memberIds) {
    const member = await open.directory.host.findMember(organizationId, memberId);
    const kept = latest.get(`member ${memberId}`);
    if (member === null) expect(kept).toBeUndefined();
    else if (member.status === 'removed') expect(kept?.policies).toBeNull();
    else expect(kept).toMatchObject({ policies: member.policies, attributes: member.attributes });
  }
  for (const policyId of policyIds) {
    const [policy] = await open.directory.host.findPolicies(organizationId, [policyId]);
    const kept = latest.get(`policy ${policyId}`);
    if (policy === undefined) expect(kept?.policies ?? null).toBeNull();
    else expect(kept?.policies).toEqual([policy]);
  }
};

/** The same choices at every run, from a seed (xorshift32). */
const choices = (seed: string) => {
  let state = [...seed].reduce((sum, character) => sum * 31 + (character.codePointAt(0) ?? 0), 7) | 1;
  const next = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const one = <T>(items: readonly T[]): T => items[next(items.length)] as T;
  return { one, some: <T>(items: readonly T[]): T[] => items.filter(() => next(2) === 0) };
};

describe('what a keeper is told of', () => {
  test.each([
    ['featbit', featbitCatalogue],
    ['launchdarkly', launchdarklyCatalogue],
  ] as const)('is what every member and every policy is after any writes (%s)', async (organizationId, catalogue) => {
    await addOrganization(organizationId, catalogue);
    const { directory, run } = open;
    const [builtIn = ''] = (await directory.policies.list(organizationId, { limit: 1 })).map(
      ({ policyId }) => policyId,
    );
    const members = ['ada', 'bob', 'cyd'];
    const custom = ['p1', 'p2', 'p3'];
    const groups = ['g1', 'g2'];
    for (const memberId of members) await addMember(organizationId, memberId);
    const { one, some } = choices(organizationId);
    const writes: readonly ((tx: Tx) => Promise<unknown>)[] = [
      async (tx) => {
        const policyId = one(custom);
        const statements = text(one(['a', 'b', 'c']));
        const found = await directory.policies.find(organizationId, policyId, tx);
        return found === null
          ? directory.policies.insert(tx, organizationId, { policyId, name: policyId, description: null, statements })
          : directory.policies.update(tx, organizationId, policyId, found.revision, { statements });
      },
      async (tx) => {
        const groupId = one(groups);
        const given = { policyIds: some([...custom, builtIn]), memberIds: some(members) };
        const found = await directory.groups.find(organizationId, groupId);
        return found === null
          ? directory.groups.insert(tx, organizationId, { groupId, name: groupId, description: null, ...given })
          : directory.groups.update(tx, organizationId, groupId, found.revision, given);
      },
      (tx) => {
        const attributes = { team: some(['web', 'app']) };
        const given = { policyIds: some([...custom, builtIn]), groupIds: some(groups), attributes };
        return directory.members.setPolicies(tx, organizationId, one(members), given);
      },
      (tx) => directory.policies.remove(tx, organizationId, one(custom)),
      (tx) => directory.groups.remove(tx, organizationId, one(groups)),
    ];
    let refused = 0;
    for (let i = 0; i < 150; i += 1) {
      // Near the end a member goes, and what comes after no longer concerns it.
      const write = i === 130 ? (tx: Tx) => directory.members.remove(tx, organizationId, 'cyd') : one(writes);
      await run(write).catch((error: unknown) => {
        if (!(error instanceof DirectoryRefusal)) throw error;
        refused += 1;
      });
      await expectKept(organizationId, members, custom);
    }
    expect(refused).toBeLessThan(120);
    expect(latest.get(`policy ${builtIn}`)?.policies).not.toBeNull();
  });

  test('is each text once, however many members have it', async () => {
    await addOrganization('acme', featbitCatalogue);
    await open.run((tx) =>
      open.directory.policies.insert(tx, 'acme', {
        policyId: 'p',
        name: 'p',
        description: null,
        statements: text('a'),
      }),
    );
    const memberIds = Array.from({ length: 20 }, (_, i) => `m${i}`);
    for (const memberId of memberIds) await addMember('acme', memberId);
    told = [];
    const group = { groupId: 'g', name: 'g', description: null, policyIds: ['p'], memberIds };
    await open.run((tx) => open.directory.groups.insert(tx, 'acme', group));
    expect(told).toHaveLength(1);
    expect(told[0]?.policies).toHaveLength(1);
    expect(told[0]?.subjects).toHaveLength(20);
  });

  test('is nothing of what was refused', async () => {
    await addOrganization('acme', featbitCatalogue);
    await addMember('acme', 'olivia', ['owner']);
    told = [];
    await expect(
      open.run((tx) => open.directory.members.setPolicies(tx, 'acme', 'olivia', { policyIds: [] })),
    ).rejects.toThrow(DirectoryRefusal);
    expect(told).toEqual([]);
  });

  test('is everything that there is, for a directory older than its keeper', async () => {
    const older = wireDirectory(open.orm);
    await older.run((tx) =>
      older.directory.organizations.insert(tx, { organizationId: 'acme', name: 'Acme', catalogue: featbitCatalogue }),
    );
    await older.run((tx) =>
      older.directory.members.insert(tx, 'acme', {
        memberId: 'ada',
        email: 'ada@example.com',
        name: 'Ada',
        locale: 'en',
        memberSince: at('2026-01-01T00:00:00Z'),
        policyIds: ['developer'],
        groupIds: [],
      }),
    );
    expect(told).toEqual([]);
    await open.run((tx) => open.directory.organizations.keepPermissions(tx, 'acme'));
    await expectKept('acme', ['ada'], ['owner', 'developer', 'administrator']);
    await expect(open.run((tx) => open.directory.organizations.keepPermissions(tx, 'nowhere'))).rejects.toThrow(
      DirectoryRefusal,
    );
  });
});
