import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addOrganization, HOUR, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { Announcement, OpenStore } from '../index.ts';

let it: TestStore;
let worker: OpenStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  worker = await it.open('worker');
  for (const organizationId of ['acme', 'beta']) await addOrganization(it.store, organizationId);
});
afterAll(() => Promise.all(closers.map((close) => close())));
beforeEach(() => it.sql('delete from latchkey.notification'));

const announcement = (number = 1, given: Partial<Announcement> = {}): Announcement => ({
  organizationId: 'acme',
  notificationId: number.toString(16).padStart(40, '0'),
  kind: 'expiry',
  tokenId: 'aB30123456789abc',
  content: {
    tokenName: 'deploy',
    about: T0 + HOUR,
    days: 7,
    count: null,
    expiresAt: T0 + HOUR,
    lastUsedAt: null,
    lastUsedAddress: null,
    lastUsedClient: null,
  },
  ...given,
});
const idsOf = async (memberId: string, organizationId = 'acme', limit = 10) =>
  (await it.store.notifications.list(organizationId, memberId, { limit })).map(({ notificationId }) =>
    Number.parseInt(notificationId, 16),
  );
const unread = (memberId: string) => it.store.notifications.countUnread('acme', memberId, 100);

test('ONE-REMINDER: what was told is told once to each member, and stays read', async () => {
  expect(await worker.notifications.add(announcement(), ['ada', 'bob', 'ada'], T0)).toBe(2);
  await it.store.notifications.markRead('acme', 'ada', null, T0 + 1);
  const again = await Promise.all(
    [1, 2, 3].map(() => worker.notifications.add(announcement(), ['ada', 'cyd'], T0 + HOUR)),
  );
  expect(again.reduce((sum, count) => sum + count)).toBe(1);
  expect(await it.store.notifications.list('acme', 'ada', { limit: 10 })).toEqual([
    { ...announcement(), memberId: 'ada', createdAt: T0, readAt: T0 + 1 },
  ]);
  expect([await unread('ada'), await unread('bob'), await unread('cyd')]).toEqual([0, 1, 1]);
});

test('pages go from the newest to the oldest, each row once', async () => {
  for (let number = 1; number <= 5; number += 1) {
    // Two at one instant: the id decides.
    await worker.notifications.add(announcement(number), ['ada'], T0 + Math.floor(number / 2) * HOUR);
  }
  const first = await it.store.notifications.list('acme', 'ada', { limit: 2 });
  const last = first[1];
  if (last === undefined) throw new Error('no second row');
  const rest = await it.store.notifications.list('acme', 'ada', {
    after: { at: last.createdAt, notificationId: last.notificationId },
    limit: 10,
  });
  expect([...first, ...rest].map(({ notificationId }) => Number.parseInt(notificationId, 16))).toEqual([5, 4, 3, 2, 1]);
});

test('TENANT-WALL: a member sees and marks its own alone, in its own organization', async () => {
  await worker.notifications.add(announcement(1), ['ada', 'bob'], T0);
  await worker.notifications.add(announcement(2, { organizationId: 'beta' }), ['ada'], T0);
  expect(await idsOf('ada')).toEqual([1]);
  expect(await idsOf('ada', 'beta')).toEqual([2]);
  await it.store.notifications.markRead(
    'acme',
    'ada',
    [announcement(1).notificationId, announcement(2).notificationId],
    T0,
  );
  expect([await unread('ada'), await unread('bob')]).toEqual([0, 1]);
  expect(await it.store.notifications.countUnread('beta', 'ada', 100)).toBe(1);
});

test('what no mail has reached yet is known of each member', async () => {
  await worker.notifications.add(announcement(), ['ada', 'bob'], T0);
  await worker.notifications.markMailed('acme', 'ada', announcement().notificationId, T0);
  expect(await worker.notifications.listUnmailed('acme', announcement().notificationId)).toEqual(['bob']);
});

test('old ones go, and those beyond the latest, whoever else has how many', async () => {
  for (let number = 1; number <= 6; number += 1)
    await worker.notifications.add(announcement(number), ['ada'], T0 + number);
  await worker.notifications.add(announcement(9), ['bob'], T0 - HOUR);
  await worker.notifications.add(announcement(10), ['bob'], T0);
  const remove = () => worker.notifications.removeOld('acme', T0, 4, 100);
  expect(await remove()).toBe(3);
  expect(await idsOf('ada')).toEqual([6, 5, 4, 3]);
  expect(await idsOf('bob')).toEqual([10]);
  expect(await remove()).toBe(0);
});

test('the api changes nothing of a notification but that it was read', async () => {
  await worker.notifications.add(announcement(), ['ada'], T0);
  await expect(it.store.notifications.add(announcement(2), ['ada'], T0)).rejects.toThrow(/permission denied/);
  await expect(it.store.notifications.removeOld('acme', T0 + HOUR, 1, 10)).rejects.toThrow(/permission denied/);
  await expect(it.store.notifications.markMailed('acme', 'ada', announcement().notificationId, T0)).rejects.toThrow(
    /permission denied/,
  );
});
