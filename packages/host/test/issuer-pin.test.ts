import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { featbitCatalogue } from '../src/index.ts';
import { at, type OpenDirectory, openDirectory } from './open-directory.ts';

let open: OpenDirectory;
beforeEach(async () => {
  open = await openDirectory();
  const { directory, run } = open;
  await run(async (tx) => {
    for (const organizationId of ['acme', 'other']) {
      await directory.organizations.insert(tx, { organizationId, name: organizationId, catalogue: featbitCatalogue });
      for (const [memberId, policyId] of [
        ['olivia', 'owner'],
        ['dana', 'developer'],
        ['adam', 'administrator'],
      ] as const)
        await directory.members.insert(tx, organizationId, {
          memberId,
          email: `${memberId}@acme.example`,
          name: memberId,
          locale: 'en',
          memberSince: at('2026-01-01T00:00:00Z'),
          policyIds: [policyId],
          groupIds: [],
        });
    }
  });
});
afterEach(() => open.close());

const pin = (organizationId: string, tx: Parameters<Parameters<OpenDirectory['run']>[0]>[0]) => {
  const { issuerPin } = open.directory.host;
  if (issuerPin?.kind !== 'transactional') throw new Error('the embedded pin is transactional');
  return issuerPin.pin(organizationId, tx);
};
const policiesOf = async (tx?: Parameters<typeof pin>[1]) =>
  (await open.directory.host.findMember('acme', 'dana', tx))?.policies.map((policy) => policy.id);
const waiting = (count: number) => vi.waitFor(async () => expect(await open.waiting()).toBe(count), 5_000);

describe('COVERED-AT-ISSUE: the pin of an issuer', () => {
  test('makes a demotion that starts between check and commit wait until the commit', async () => {
    const issue = await open.begin();
    await pin('acme', issue.tx);
    expect(await policiesOf(issue.tx)).toEqual(['developer']);
    const demotion = open.run((tx) => open.directory.members.setPolicies(tx, 'acme', 'dana', { policyIds: [] }));
    await waiting(1);
    expect(await policiesOf(issue.tx)).toEqual(['developer']);
    expect(await policiesOf()).toEqual(['developer']);
    await issue.commit();
    await demotion;
    expect(await policiesOf()).toEqual([]);
  });

  test('waits for a demotion under way, and what is then read is after it', async () => {
    const demotion = await open.begin();
    await open.directory.members.setPolicies(demotion.tx, 'acme', 'dana', { policyIds: [] });
    const issue = await open.begin();
    expect(await policiesOf(issue.tx)).toEqual(['developer']);
    const pinned = pin('acme', issue.tx);
    await waiting(1);
    await demotion.commit();
    await pinned;
    expect(await policiesOf(issue.tx)).toEqual([]);
    await issue.commit();
  });

  test('waits for a demotion that is then rolled back, and sees nothing of it', async () => {
    const demotion = await open.begin();
    await open.directory.members.setPolicies(demotion.tx, 'acme', 'dana', { policyIds: [] });
    const issue = await open.begin();
    const pinned = pin('acme', issue.tx);
    await waiting(1);
    await demotion.rollback();
    await pinned;
    expect(await policiesOf(issue.tx)).toEqual(['developer']);
    await issue.commit();
  });

  test('makes every kind of IAM write wait, not only demotions', async () => {
    const { directory, run } = open;
    await run(async (tx) => {
      await directory.policies.insert(tx, 'acme', { policyId: 'p', name: 'P', description: null, statements: [] });
      await directory.policies.insert(tx, 'acme', { policyId: 'unused', name: 'U', description: null, statements: [] });
      for (const groupId of ['g', 'h'])
        await directory.groups.insert(tx, 'acme', {
          groupId,
          name: groupId,
          description: null,
          policyIds: ['p'],
          memberIds: ['dana'],
        });
    });
    const issue = await open.begin();
    await pin('acme', issue.tx);
    const bob = { memberId: 'bob', email: 'bob@acme.example', name: 'Bob', locale: 'en', memberSince: 0 };
    const writes = [
      run((tx) => directory.policies.update(tx, 'acme', 'p', 1, { statements: [] })),
      run((tx) => directory.policies.remove(tx, 'acme', 'unused')),
      run((tx) =>
        directory.policies.insert(tx, 'acme', { policyId: 'q', name: 'Q', description: null, statements: [] }),
      ),
      run((tx) => directory.groups.update(tx, 'acme', 'g', 1, { memberIds: [] })),
      run((tx) => directory.groups.remove(tx, 'acme', 'h')),
      run((tx) => directory.members.insert(tx, 'acme', { ...bob, policyIds: [], groupIds: [] })),
      run((tx) => directory.members.remove(tx, 'acme', 'adam')),
      run((tx) => directory.organizations.lock(tx, 'acme')),
    ];
    await waiting(writes.length);
    await issue.commit();
    await Promise.all(writes);
  });

  test('holds up no other organization, and no other pin', async () => {
    const issue = await open.begin();
    await pin('acme', issue.tx);
    await open.run((tx) => open.directory.members.setPolicies(tx, 'other', 'dana', { policyIds: [] }));
    const second = await open.begin();
    await pin('acme', second.tx);
    await second.commit();
    await issue.commit();
  });

  test('names another revision after each write, and the same one while there is none', async () => {
    const read = () => open.run((tx) => pin('acme', tx));
    const first = await read();
    expect(await read()).toEqual(first);
    await open.run((tx) => open.directory.members.setPolicies(tx, 'acme', 'dana', { policyIds: [] }));
    expect(BigInt((await read()).revision)).toBeGreaterThan(BigInt(first.revision));
  });

  test('can not be had for an organization that is not there', async () => {
    await expect(open.run((tx) => pin('nowhere', tx))).rejects.toMatchObject({ name: 'HostUnavailable' });
  });
});
