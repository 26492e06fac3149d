import { randomBytes } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seedDemo } from '../src/index.ts';
import { directoryGrants } from '../src/migrations/index.ts';
import { connect, type OpenDirectory, openDirectory, wireDirectory } from './open-directory.ts';

let open: OpenDirectory;
let api: MikroORM;
let worker: MikroORM;
const roles: string[] = [];

const asRole = async (program: 'api' | 'worker'): Promise<MikroORM> => {
  const role = `host_${program}_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  roles.push(role);
  const admin = open.orm.em.fork();
  await admin.execute(`create role ${role} login password '${password}'; grant usage on schema iam to ${role}`);
  for (const { table, privileges, ...grant } of directoryGrants)
    for (const [privilege, columns] of Object.entries(privileges))
      if (grant.role === program)
        await admin.execute(
          `grant ${privilege} ${columns === true ? '' : `(${columns.join(', ')})`} on iam."${table}" to ${role}`,
        );
  const url = new URL(open.url);
  url.username = role;
  url.password = password;
  return connect(url.href);
};

beforeEach(async () => {
  open = await openDirectory();
  api = await asRole('api');
  worker = await asRole('worker');
});
afterEach(async () => {
  await api.close();
  await worker.close();
  for (const role of roles.splice(0)) await open.orm.em.fork().execute(`drop owned by ${role}; drop role ${role}`);
  await open.close();
});

const clock = { now: () => 0 };

describe('the grants of schema iam', () => {
  test('are enough for everything that the API does', async () => {
    const { directory, run } = wireDirectory(api);
    const { members, policies, groups, organizations, host } = directory;
    await run((tx) => seedDemo({ directory, clock }, tx));
    await run(async (tx) => {
      await organizations.lock(tx, 'acme');
      if (host.issuerPin?.kind === 'transactional') await host.issuerPin.pin('acme', tx);
      const groupIds = ['platform-team'];
      await members.setPolicies(tx, 'acme', 'dana', { policyIds: ['owner'], groupIds, attributes: {} });
      await members.remove(tx, 'acme', 'bea');
      const revision = (await groups.find('acme', 'platform-team', tx))?.revision ?? 0;
      const change = { name: 'Crew', policyIds: [], memberIds: ['adam'] };
      await groups.update(tx, 'acme', 'platform-team', revision, change);
      await groups.remove(tx, 'acme', 'platform-team');
      await policies.update(tx, 'acme', 'beta-flags-only', 1, { name: 'Beta', statements: [] });
      await policies.remove(tx, 'acme', 'beta-flags-only');
    });
    expect(await host.catalogue('acme')).toMatchObject({ dialect: 'featbit' });
    expect(await host.listMembers('acme', { limit: 10 })).toHaveLength(5);
    expect(await members.findByEmail('acme', 'dana@acme.example')).toMatchObject({ memberId: 'dana' });
  });

  test('let nobody delete a membership, write a built-in mark or change a catalogue', async () => {
    const refused = (statement: string) =>
      expect(api.em.fork().execute(statement)).rejects.toThrow('permission denied');
    await refused('delete from iam.member');
    await refused("update iam.member set member_id = 'x'");
    await refused('update iam.policy set built_in = true');
    await refused("update iam.organization set catalogue = '{}'");
    await refused('delete from iam.permission_revision');
    await refused('create table iam.note (id text)');
  });

  test('let the worker read members and change nothing', async () => {
    await open.run((tx) => seedDemo({ directory: open.directory, clock }, tx));
    const { directory, run } = wireDirectory(worker);
    expect(await directory.host.listMembers('acme', { limit: 10 })).toHaveLength(5);
    expect(await directory.host.findMember('acme', 'devin')).toMatchObject({ status: 'active' });
    expect(await directory.host.catalogue('acme')).toMatchObject({ dialect: 'featbit' });
    await expect(run((tx) => directory.members.remove(tx, 'acme', 'dana'))).rejects.toThrow('permission denied');
  });
});
