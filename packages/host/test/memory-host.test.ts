import { expect, test } from 'vitest';
import { createMemoryHost, featbitCatalogue, type MemoryMember } from '../src/index.ts';

const member = (memberId: string): MemoryMember => ({
  memberId,
  email: `${memberId}@acme.example`,
  name: memberId,
  locale: 'en',
  memberSince: 0,
  policyIds: ['p'],
});

const memoryHost = () => {
  const memory = createMemoryHost();
  memory.putOrganization('acme', featbitCatalogue);
  memory.putPolicy('acme', { id: 'p', name: 'P', statements: [] });
  memory.putMember('acme', member('dana'));
  return memory;
};

test("in memory, a member's revision stays while others change, and while it is put again as it was", async () => {
  const memory = memoryHost();
  const before = await memory.host.findMember('acme', 'dana');
  memory.putMember('acme', member('devin'));
  memory.putGroup('acme', { groupId: 'g', policyIds: ['p'], memberIds: ['devin'] });
  memory.putMember('acme', member('dana'));
  expect(await memory.host.findMember('acme', 'dana')).toEqual(before);
});

test('in memory, the id of a removed member is never used again', async () => {
  const memory = memoryHost();
  memory.removeMember('acme', 'dana');
  expect(() => memory.putMember('acme', member('dana'))).toThrow(RangeError);
  expect(await memory.host.findMember('acme', 'dana')).toMatchObject({ status: 'removed' });
});

test('in memory, what was handed out is a copy: to change it changes nothing', async () => {
  const memory = memoryHost();
  const [policy] = await memory.host.findPolicies('acme', ['p']);
  (policy as { statements: unknown[] }).statements.push({ effect: 'allow' });
  expect(await memory.host.findPolicies('acme', ['p'])).toEqual([{ id: 'p', name: 'P', statements: [] }]);
});

test('in memory, a host that was out is back as it was', async () => {
  const memory = memoryHost();
  memory.setAvailable(false);
  await expect(memory.host.findMember('acme', 'dana')).rejects.toMatchObject({ name: 'HostUnavailable' });
  memory.setAvailable(true);
  expect(await memory.host.findMember('acme', 'dana')).toMatchObject({ status: 'active' });
});
