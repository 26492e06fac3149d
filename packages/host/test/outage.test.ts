import { HostUnavailable } from '@latchkey/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DirectoryRefusal, seedDemo } from '../src/index.ts';
import { connect, type OpenDirectory, openDirectory, wireDirectory } from './open-directory.ts';
import { refusalOf } from './refusal.ts';

let open: OpenDirectory;
beforeEach(async () => {
  open = await openDirectory();
  await open.run((tx) => seedDemo({ directory: open.directory, clock: { now: () => 0 } }, tx));
});
afterEach(() => open.close());

describe('FAIL-CLOSED: the embedded directory', () => {
  test('calls a write that can not have its lock in time an outage, and nothing of it stays', async () => {
    const hasty = connect(open.url, 50);
    const { directory, run } = wireDirectory(hasty);
    const holder = await open.begin();
    try {
      await open.directory.organizations.lock(holder.tx, 'acme');
      await expect(run((tx) => directory.members.remove(tx, 'acme', 'dana'))).rejects.toBeInstanceOf(HostUnavailable);
    } finally {
      await holder.rollback();
      await hasty.close();
    }
    expect(await open.directory.members.find('acme', 'dana')).toMatchObject({ status: 'active' });
  });

  test('tells a refusal from an outage, and a mistake of its caller from both', async () => {
    const lockUnknown = open.run((tx) => open.directory.organizations.lock(tx, 'nowhere'));
    expect(await refusalOf(lockUnknown)).toBe('not_found');
    const withNul = open.run((tx) =>
      open.directory.policies.insert(tx, 'acme', { policyId: 'p', name: 'a\0b', description: null, statements: [] }),
    );
    const error = await withNul.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RangeError);
    expect(error).not.toBeInstanceOf(DirectoryRefusal);
  });

  test('has no other answer than null or nothing for a name that can not be stored', async () => {
    const { host, members, policies, groups } = open.directory;
    expect(await host.findMember('acme', 'dana\0')).toBeNull();
    expect(await host.findPolicies('acme', ['owner\0'])).toEqual([]);
    expect(await members.findByEmail('acme', '\0')).toBeNull();
    expect(await policies.find('acme', '\0')).toBeNull();
    expect(await groups.find('acme\0', 'platform-team')).toBeNull();
  });
});
