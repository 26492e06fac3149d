import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganization, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
});
afterAll(() => Promise.all(closers.map((close) => close())));

test('an organization is written once; who writes it again gets what is stored', async () => {
  const acme = await addOrganization(it.store, 'acme', 'aB3');
  expect(acme).toEqual({
    organizationId: 'acme',
    name: 'acme',
    routingKey: 'aB3',
    mark: 0,
    maxGraceMs: 7 * 24 * 3_600_000,
    createdAt: T0,
  });
  expect(await addOrganization(it.store, 'acme', 'zzz')).toEqual(acme);
  expect(await it.store.organizations.find('acme')).toEqual(acme);
  expect(await it.store.organizations.find('nobody')).toBeNull();
});

test('several organizations may share a routing key, the installation’s own is nobody’s', async () => {
  await addOrganization(it.store, 'beta', 'aB3');
  expect((await it.store.organizations.list()).map(({ organizationId }) => organizationId)).toEqual(['acme', 'beta']);
  for (const routingKey of ['000', 'ab', 'ab-', 'abcd']) {
    await expect(addOrganization(it.store, 'bad', routingKey)).rejects.toMatchObject({ code: '23514' });
  }
});

test('a routing key and an id stay', async () => {
  for (const assignment of [`routing_key = 'zzz'`, `organization_id = 'zzz'`]) {
    await expect(
      it.sql(`update latchkey.organization set ${assignment} where organization_id = 'beta'`),
    ).rejects.toMatchObject({
      code: '23514',
    });
  }
});

test('TERMINAL: marks are raised by one, by many at once too, and a rolled back raise is none', async () => {
  const { organizations, unitOfWork } = it.store;
  const raised = await Promise.all(
    Array.from({ length: 10 }, () => unitOfWork.run((tx) => organizations.raiseMark(tx, 'acme'))),
  );
  expect(raised.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await unitOfWork.run((tx) => organizations.raiseInstallationMark(tx))).toBe(1);
  await expect(
    unitOfWork.run(async (tx) => {
      await organizations.raiseInstallationMark(tx);
      expect(await organizations.marks('beta', tx)).toEqual({ installation: 2, organization: 0 });
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await organizations.marks('acme')).toEqual({ installation: 1, organization: 10 });
});

test('FAIL-CLOSED: an organization that isn’t there has no marks, not marks of zero', async () => {
  await expect(it.store.organizations.marks('nobody')).rejects.toThrow(/no organization/);
  await expect(it.store.unitOfWork.run((tx) => it.store.organizations.raiseMark(tx, 'nobody'))).rejects.toThrow(
    /no organization/,
  );
});
