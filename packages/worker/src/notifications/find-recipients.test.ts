import { createMemoryHost, featbitCatalogue } from '@latchkey/host';
import { expect, it } from 'vitest';
import { createFindRecipients } from './find-recipients.ts';

const open = (memberCount = 0) => {
  const memory = createMemoryHost();
  memory.putOrganization('acme', featbitCatalogue);
  const policy = (id: string, actions: readonly string[], resources: readonly string[]) =>
    memory.putPolicy('acme', { id, name: id, statements: [{ effect: 'allow', actions, resources }] });
  policy('admin', ['CanManageIAM'], ['iam/*']);
  policy('reader', ['CanAccessProject'], ['project/*']);
  memory.putPolicy('acme', { id: 'broken', name: 'broken', statements: 'nothing that can be read' });
  const put = (memberId: string, policyIds: readonly string[]) =>
    memory.putMember('acme', {
      ...{ memberId, email: `${memberId}@acme.example`, name: memberId, locale: 'en', memberSince: 0, policyIds },
    });
  for (let number = 0; number < memberCount; number += 1) put(`m${String(number).padStart(4, '0')}`, ['reader']);
  put('olivia', ['admin']);
  put('rita', ['reader']);
  put('zoe', ['reader', 'admin']);
  put('brok', ['broken']);
  let now = 0;
  const find = createFindRecipients({ host: memory.host, clock: { now: () => now } });
  return {
    memory,
    put,
    later: (ms: number) => {
      now += ms;
    },
    told: async (memberIds: readonly string[], administrators: boolean) =>
      (await find({ organizationId: 'acme', memberIds, administrators })).map(
        ({ member, as }) => `${member.memberId} ${as}`,
      ),
  };
};

it('tells owners and, where the organization asks for it, everybody who may administer', async () => {
  const { told } = open(450);
  expect(await told(['rita'], false)).toEqual(['rita owner']);
  expect(await told(['rita'], true)).toEqual(['rita owner', 'olivia administrator', 'zoe administrator']);
  // Once, and as the owner, who is both.
  expect(await told(['zoe'], true)).toEqual(['zoe owner', 'olivia administrator']);
  expect(await told([], false)).toEqual([]);
});

it('tells nobody who was removed, or whom the host does not know', async () => {
  const { told, memory } = open();
  expect(await told(['rita', 'nobody'], true)).toHaveLength(3);
  memory.removeMember('acme', 'rita');
  memory.removeMember('acme', 'zoe');
  expect(await told(['rita', 'nobody'], true)).toEqual(['olivia administrator']);
});

it('asks anew who administers after a while', async () => {
  const { told, put, later } = open();
  expect(await told([], true)).toHaveLength(2);
  put('new', ['admin']);
  later(5 * 60_000);
  expect(await told([], true)).toContain('new administrator');
});

it('FAIL-CLOSED: a host that is away is an error, not an empty list', async () => {
  const { told, memory } = open();
  memory.setAvailable(false);
  await expect(told(['rita'], true)).rejects.toThrow(/out/);
  await expect(told([], true)).rejects.toThrow(/out/);
});
