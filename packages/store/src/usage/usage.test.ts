import { COUNTED, type DecisionCount } from '@latchkey/core/usage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addOrganization, addToken, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';

const DAY = 24 * 3_600_000;

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
  await addOrganization(it.store, 'globex', 'zZ9');
});
afterAll(() => Promise.all(closers.map((close) => close())));

const countOf = (tokenId: string, given: Partial<DecisionCount> = {}): DecisionCount => ({
  ...{ organizationId: 'acme', tokenId, action: 'ToggleFlag', resource: 'project/shop:env/dev:flag/a' },
  ...{ folded: false, allowedCount: 1, deniedCount: 0 },
  ...given,
});
const flags = (tokenId: string, from: number, count: number): DecisionCount[] =>
  Array.from({ length: count }, (_, i) => countOf(tokenId, { resource: `project/shop:env/dev:flag/f${from + i}` }));
const found = async (tokenId: string, since = T0, organizationId = 'acme') =>
  (await it.store.usage.find(organizationId, tokenId, since, 10_000)).requests;
const rowsOf = async (tokenId: string) =>
  (await it.sql('select 1 from latchkey.decision_count where token_id = $1', [tokenId])).length;

test('decisions of a day are added up, and days apart from each other', async () => {
  const { tokenId } = await addToken(it.store);
  const twice = countOf(tokenId, { allowedCount: 2, deniedCount: 1 });
  await it.store.usage.record([twice, countOf(tokenId)], T0);
  await it.store.usage.record([twice], T0 + 5);
  // A moment before midnight, and one after it: by UTC, wherever server and database are.
  const midnight = Date.parse('2026-03-02T00:00:00Z');
  await it.store.usage.record([countOf(tokenId, { action: 'ReadFlag' })], midnight - 1);
  await it.store.usage.record([twice], midnight);
  const days = await it.sql<{ day: string; action: string; allowed: string; denied: string }>(
    `select day::text, action, allowed_count as allowed, denied_count as denied from latchkey.decision_count
      where token_id = $1 order by day, action`,
    [tokenId],
  );
  expect(days).toEqual([
    { day: '2026-03-01', action: 'ReadFlag', allowed: '1', denied: '0' },
    { day: '2026-03-01', action: 'ToggleFlag', allowed: '5', denied: '2' },
    { day: '2026-03-02', action: 'ToggleFlag', allowed: '2', denied: '1' },
  ]);
  expect(await it.store.usage.find('acme', tokenId, T0, 10)).toEqual({
    requests: [
      { ...row('ToggleFlag'), allowedCount: 7, deniedCount: 3 },
      { ...row('ReadFlag'), allowedCount: 1, deniedCount: 0 },
    ],
    since: Date.parse('2026-03-01T00:00:00Z'),
  });
  expect(await found(tokenId, midnight)).toEqual([{ ...row('ToggleFlag'), allowedCount: 2, deniedCount: 1 }]);
  expect(await it.store.usage.find('acme', tokenId, midnight + DAY, 10)).toEqual({ requests: [], since: null });
});

const row = (action: string) => ({ action, resource: 'project/shop:env/dev:flag/a', folded: false });

test('nothing is counted of a token that the organization doesn’t have, nor shown to another one (TENANT-WALL)', async () => {
  const { tokenId } = await addToken(it.store);
  await it.store.usage.record(
    [countOf(tokenId, { organizationId: 'globex' }), countOf('aB30000000000000'), countOf(tokenId)],
    T0,
  );
  expect(await it.sql('select 1 from latchkey.decision_count where organization_id = $1', ['globex'])).toEqual([]);
  expect(await rowsOf('aB30000000000000')).toBe(0);
  expect(await found(tokenId)).toHaveLength(1);
  expect(await found(tokenId, T0, 'globex')).toEqual([]);
});

describe('of one token and day (BOUNDED-WORK)', () => {
  test('as many requests are kept apart as there is room for, whoever counts them; the rest is folded', async () => {
    const { tokenId } = await addToken(it.store);
    for (let batch = 0; batch < 10; batch += 1) await it.store.usage.record(flags(tokenId, batch * 90, 90), T0);
    const requests = await found(tokenId);
    expect(requests.filter(({ folded }) => !folded)).toHaveLength(COUNTED.requests);
    expect(requests.filter(({ folded }) => folded)).toEqual([
      {
        ...{ action: 'ToggleFlag', resource: 'project/shop:env/dev:flag/*', folded: true },
        ...{ allowedCount: 900 - COUNTED.requests, deniedCount: 0 },
      },
    ]);
    // What has its place keeps it; the next day has places of its own.
    await it.store.usage.record(flags(tokenId, 0, 1), T0);
    expect((await found(tokenId)).find(({ resource }) => resource.endsWith('/f0'))?.allowedCount).toBe(2);
    await it.store.usage.record(flags(tokenId, 5_000, 1), T0 + DAY);
    expect((await found(tokenId, T0 + DAY)).map(({ folded }) => folded)).toEqual([false]);
  });

  test('the most frequent of a batch are the ones that are kept apart', async () => {
    const { tokenId } = await addToken(it.store);
    const often = countOf(tokenId, { resource: 'project/shop:env/dev:flag/z', allowedCount: 50 });
    await it.store.usage.record([...flags(tokenId, 0, 300), often], T0);
    expect(await found(tokenId)).toContainEqual(
      expect.objectContaining({ resource: 'project/shop:env/dev:flag/z', folded: false, allowedCount: 50 }),
    );
  });

  test('neither patterns nor actions grow beyond their bounds, and no decision is lost', async () => {
    const { tokenId } = await addToken(it.store);
    const wild = (from: number, folded: boolean) =>
      Array.from({ length: 700 }, (_, i) => {
        const resource = folded ? `project/p${from + i}:flag/*` : `project/p${from + i}:flag/f`;
        return countOf(tokenId, { action: `Act${(from + i) % 500}`, resource, folded });
      });
    for (let batch = 0; batch < 4; batch += 1) await it.store.usage.record(wild(batch * 700, batch % 2 === 1), T0);
    const most = COUNTED.requests + COUNTED.patterns + COUNTED.actions + 1;
    expect(await rowsOf(tokenId)).toBe(most);
    const requests = await found(tokenId);
    expect(requests.reduce((sum, { allowedCount }) => sum + allowedCount, 0)).toBe(2_800);
    expect(requests).toContainEqual(expect.objectContaining({ action: '*', resource: '*', folded: true }));
  });
});

test('flushes that meet wait for each other and lose nothing', async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, async () => (await addToken(it.store)).tokenId));
  const batch = ids.flatMap((tokenId) => flags(tokenId, 0, 20));
  await Promise.all(
    Array.from({ length: 12 }, (_, i) => it.store.usage.record(i % 2 === 0 ? batch : [...batch].reverse(), T0)),
  );
  for (const tokenId of ids) {
    const requests = await found(tokenId);
    expect(requests).toHaveLength(20);
    expect(new Set(requests.map(({ allowedCount }) => allowedCount))).toEqual(new Set([12]));
  }
});

test('days that are over are tidied by the worker, a slice at a time, which sees no counts', async () => {
  const worker = await it.open('worker');
  const { tokenId } = await addToken(it.store);
  const early = T0 - 100 * DAY;
  await it.store.usage.record(flags(tokenId, 0, 5), early);
  await it.store.usage.record(flags(tokenId, 0, 5), early + DAY);
  expect(await worker.usage.removeBefore(early, 100)).toBe(0);
  expect(await worker.usage.removeBefore(early + DAY, 3)).toBe(3);
  expect(await worker.usage.removeBefore(early + DAY, 3)).toBe(2);
  expect(await worker.usage.removeBefore(early + DAY, 3)).toBe(0);
  expect(await rowsOf(tokenId)).toBe(5);
  await expect(worker.usage.find('acme', tokenId, early, 10)).rejects.toThrow(/permission denied/);
  await expect(it.store.usage.removeBefore(T0, 10)).rejects.toThrow(/permission denied/);
});
