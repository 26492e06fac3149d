import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganization, addToken, newSecret, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { TokenWithSecrets } from './token-record.ts';
import { RevisionConflict } from './token-repository.ts';

let it: TestStore;
let token: TokenWithSecrets;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store, 'acme');
  // The same routing key on purpose: it places rows, it is no wall.
  await addOrganization(it.store, 'beta');
  token = await addToken(it.store, { organizationId: 'acme', name: 'Deploy', ownerId: 'ada' });
});
afterAll(() => Promise.all(closers.map((close) => close())));

const unchanged = async () => expect(await it.store.tokens.find('acme', token.tokenId)).toEqual(token);

test('TENANT-WALL: nothing of a token is read through another organization', async () => {
  const { tokens, unitOfWork } = it.store;
  expect(await tokens.find('beta', token.tokenId)).toBeNull();
  expect(await unitOfWork.run((tx) => tokens.findForUpdate('beta', token.tokenId, tx))).toBeNull();
  expect(await unitOfWork.run((tx) => tokens.lockForShare('beta', token.tokenId, tx))).toBeNull();
  expect(await tokens.isNameTaken('beta', 'deploy')).toBe(false);
  expect(await tokens.isNameTaken('acme', 'deploy')).toBe(true);
  const page = { sort: 'name', direction: 'asc', limit: 50, now: T0 } as const;
  for (const filter of [{}, { ownerId: 'ada' }, { visibleTo: 'ada' }, { nameContains: 'dep' }]) {
    expect(await tokens.list('beta', { ...page, filter })).toEqual([]);
    expect(await tokens.list('acme', { ...page, filter })).toHaveLength(1);
  }
});

test('TENANT-WALL: nothing of a token is changed through another organization', async () => {
  const { tokens, unitOfWork } = it.store;
  await expect(
    unitOfWork.run((tx) => tokens.update(tx, 'beta', token.tokenId, 1, { name: 'mine', nameKey: 'mine' })),
  ).rejects.toThrow(RevisionConflict);
  await unitOfWork.run((tx) =>
    tokens.spendSecrets(tx, 'beta', token.tokenId, [{ number: 1, digest: new Uint8Array(32) }]),
  );
  expect(await tokens.recordFirstUse('beta', token.tokenId, 1, T0)).toBe(false);
  expect(await unitOfWork.run((tx) => tokens.deactivateForRemovedOwner(tx, 'beta', 'ada', 10, T0))).toEqual([]);
  const superseded = { at: T0, acceptedUntil: T0 };
  await expect(
    unitOfWork.run((tx) => tokens.addSecret(tx, 'beta', token.tokenId, newSecret({ number: 2 }), superseded)),
  ).rejects.toMatchObject({ code: '23503' });
  await unchanged();
});

test('TENANT-WALL: the same name is free in another organization', async () => {
  const theirs = await addToken(it.store, { organizationId: 'beta', name: 'Deploy' });
  expect(theirs.organizationId).toBe('beta');
  await unchanged();
});

test('TENANT-WALL: an id can’t be given to an organization that it doesn’t lead to', async () => {
  await addOrganization(it.store, 'gamma', 'Zz9');
  await expect(addToken(it.store, { organizationId: 'gamma' })).rejects.toThrow(/begins with the routing key/);
});
