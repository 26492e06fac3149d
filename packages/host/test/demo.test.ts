import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoOrganizations, seedDemo } from '../src/index.ts';
import { at, type OpenDirectory, openDirectory } from './open-directory.ts';

let open: OpenDirectory;
beforeAll(async () => {
  open = await openDirectory();
});
afterAll(() => open.close());

const clock = { now: () => at('2026-03-01T12:00:00Z') };
const seed = () => open.run((tx) => seedDemo({ directory: open.directory, clock }, tx));

describe('the demo', () => {
  test('seeds both organizations with the members that it describes', async () => {
    await seed();
    expect(await open.directory.organizations.list()).toEqual([
      { organizationId: 'acme', name: 'Acme' },
      { organizationId: 'globex', name: 'Globex' },
    ]);
    for (const organization of demoOrganizations) {
      const members = await open.directory.members.list(organization.id, { limit: 200 });
      expect(members.map((m) => m.memberId)).toEqual(organization.members.map((m) => m.id).toSorted());
      for (const member of organization.members)
        expect(members.find((m) => m.memberId === member.id)).toMatchObject({
          email: member.email,
          name: member.name,
          directPolicyIds: member.policyIds.toSorted(),
          groupIds: member.groupIds,
          memberSince: clock.now(),
        });
    }
  });
});
