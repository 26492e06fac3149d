import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganization, addToken, HOUR, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store, 'acme');
  await addOrganization(it.store, 'beta');
});
afterAll(() => Promise.all(closers.map((close) => close())));

test('the personal tokens of several owners that can still be used, the newest first, and how many there are', async () => {
  const of = (ownerId: string, hours: number, given = {}) =>
    addToken(it.store, { ownerId, createdAt: T0 + hours * HOUR, ...given });
  const [oldest, middle, newest] = [await of('ada', 1), await of('grace', 2), await of('ada', 3)];
  await of('linus', 4);
  await of('ada', 5, { organizationId: 'beta' });
  await of('ada', 6, { expiresAt: T0 + 7 * HOUR });
  await addToken(it.store, { kind: 'service', issuer: { type: 'member', id: 'ada' } });
  const revoked = await of('ada', 8);
  await it.store.unitOfWork.run((tx) =>
    it.store.tokens.update(tx, 'acme', revoked.tokenId, 1, { state: 'revoked', revokedAt: T0 }),
  );

  const list = (limit: number, ownerIds = ['ada', 'grace']) =>
    it.store.tokens.listOfOwners('acme', ownerIds, limit, T0 + 7 * HOUR);
  expect(await list(10)).toEqual({
    tokens: [newest, middle, oldest].map(({ tokenId, name, ownerId }) => ({ tokenId, name, ownerId })),
    total: 3,
  });
  const page = await list(1);
  expect(page.tokens.map(({ tokenId }) => tokenId)).toEqual([newest.tokenId]);
  expect(page.total).toBe(3);
  expect(await list(10, [])).toEqual({ tokens: [], total: 0 });
  expect(await list(10, ['nobody'])).toEqual({ tokens: [], total: 0 });
});
