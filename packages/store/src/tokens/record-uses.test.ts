import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganization, addToken, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { gate, untilWaiting } from '../../test/until-waiting.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
});
afterAll(() => Promise.all(closers.map((close) => close())));

test('a flush that has to wait holds no later row: two flushes, or one and a revocation, never wait for each other', async () => {
  const tokens = await Promise.all(Array.from({ length: 12 }, () => addToken(it.store)));
  const ids = tokens.map(({ tokenId }) => tokenId).sort();
  const first = ids[0] as string;
  const held = gate();
  const locked = gate();
  const spend = (tokenId: string) => [{ number: 1, digest: new Uint8Array(32).fill(tokenId.charCodeAt(5)) }];
  const revoking = it.store.unitOfWork.run(async (tx) => {
    await it.store.tokens.spendSecrets(tx, 'acme', first, spend(first));
    locked.resolve();
    await held.promise;
    for (const tokenId of ids.slice(1)) await it.store.tokens.spendSecrets(tx, 'acme', tokenId, spend(tokenId));
  });
  await locked.promise;
  const uses = [...ids].reverse().map((tokenId) => ({
    ...{ organizationId: 'acme', tokenId, secretNumber: 1, at: T0 + 5 },
    ...{ address: null, client: null },
  }));
  const flush = it.store.tokens.recordUses(uses);
  await untilWaiting(it.sql);
  held.resolve();
  expect(await Promise.allSettled([revoking, flush])).toEqual([
    { status: 'fulfilled', value: undefined },
    { status: 'fulfilled', value: undefined },
  ]);
  const rows = await it.sql(
    `select 1 from latchkey.secret where spent and last_used_at = '${new Date(T0 + 5).toISOString()}'`,
  );
  expect(rows).toHaveLength(12);
});

test('of each secret the latest use is kept, with where from and by which client; never a later one than now', async () => {
  const { tokenId } = await addToken(it.store);
  const use = { organizationId: 'acme', tokenId, secretNumber: 1 };
  const last = async () => {
    const [secret] = (await it.store.tokens.find('acme', tokenId))?.secrets ?? [];
    return [secret?.lastUsedAt, secret?.lastUsedAddress, secret?.lastUsedClient];
  };
  await it.store.tokens.recordFirstUse('acme', tokenId, 1, T0, { address: '192.0.2.1', client: 'first' });
  expect(await last()).toEqual([T0, '192.0.2.1', 'first']);
  await it.store.tokens.recordUses([
    { ...use, at: T0 + 20, address: '192.0.2.3', client: 'third' },
    { ...use, at: T0 + 10, address: '192.0.2.2', client: 'second' },
  ]);
  expect(await last()).toEqual([T0 + 20, '192.0.2.3', 'third']);
  await it.store.tokens.recordUses([{ ...use, at: T0 + 15, address: '192.0.2.4', client: 'late' }]);
  expect(await last()).toEqual([T0 + 20, '192.0.2.3', 'third']);
  await it.store.tokens.recordUses([{ ...use, at: Date.now() + 86_400_000, address: null, client: null }]);
  const [at, ...from] = await last();
  expect(at).toBeLessThanOrEqual(await it.store.now());
  expect(from).toEqual([null, null]);
});
