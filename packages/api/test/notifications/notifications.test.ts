import type { OpenStore } from '@latchkey/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let worker: OpenStore;
let olivia: Caller;
let gina: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  worker = await installation.workerStore();
  olivia = await installation.member('acme', 'olivia');
  gina = await installation.member('globex', 'gina');
});
afterAll(() => installation.close());
beforeEach(() => installation.bend('delete from latchkey.notification'));

const idOf = (number: number) => number.toString(16).padStart(40, '0');
const tell = (memberId: string, number: number, organizationId = 'acme', kind = 'expiry') =>
  worker.notifications.add(
    {
      organizationId,
      notificationId: idOf(number),
      kind: kind as 'expiry',
      tokenId: 'aB30123456789abc',
      content: {
        tokenName: `token ${number}`,
        about: Date.UTC(2026, 4, 1),
        days: 7,
        count: null,
        expiresAt: Date.UTC(2026, 4, 1),
        lastUsedAt: Date.UTC(2026, 3, 1),
        lastUsedAddress: '192.0.2.7',
        lastUsedClient: 'terraform/1.9',
      },
    },
    [memberId],
    Date.UTC(2026, 3, 2) + number,
  );

describe('notifications', () => {
  it('are one’s own, newest first, page by page, with how many are unread', async () => {
    for (let number = 1; number <= 5; number += 1) await tell('olivia', number);
    const first = await olivia.notifications.list({ limit: 3 });
    expect(first.items[0]).toEqual({
      notificationId: idOf(5),
      kind: 'expiry',
      aboutMemberId: null,
      tokenId: 'aB30123456789abc',
      tokenName: 'token 5',
      about: '2026-05-01T00:00:00.000Z',
      days: 7,
      count: null,
      expiresAt: '2026-05-01T00:00:00.000Z',
      lastUsedAt: '2026-04-01T00:00:00.000Z',
      lastUsedAddress: '192.0.2.7',
      lastUsedClient: 'terraform/1.9',
      createdAt: '2026-04-02T00:00:00.005Z',
      read: false,
    });
    expect(first.unreadCount).toBe(5);
    const second = await olivia.notifications.list({ limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ notificationId }) => notificationId)).toEqual(
      [5, 4, 3, 2, 1].map(idOf),
    );
    expect(second.nextCursor).toBeNull();
  });

  it('are read one by one, or all of them; saying it twice is one effect', async () => {
    for (let number = 1; number <= 3; number += 1) await tell('olivia', number);
    for (let again = 0; again < 2; again += 1) {
      expect(await olivia.notifications.markRead({ notificationIds: [idOf(2)] })).toEqual({ unreadCount: 2 });
    }
    const { items } = await olivia.notifications.list();
    expect(items.map(({ read }) => read)).toEqual([false, true, false]);
    expect(await olivia.notifications.markRead()).toEqual({ unreadCount: 0 });
  });

  it('TENANT-WALL: of somebody else are neither seen nor marked, here or elsewhere', async () => {
    await tell('olivia', 1);
    await tell('dana', 1);
    await tell('dana', 2);
    await tell('olivia', 3, 'globex');
    expect((await olivia.notifications.list()).items).toHaveLength(1);
    expect(await gina.notifications.list()).toEqual({ items: [], unreadCount: 0, nextCursor: null });
    await olivia.notifications.markRead({ notificationIds: [idOf(1), idOf(2), idOf(3)] });
    await olivia.notifications.markRead();
    const dana = await installation.member('acme', 'dana');
    expect((await dana.notifications.list()).unreadCount).toBe(2);
    // A cursor of one member is none of another's.
    const { nextCursor } = await dana.notifications.list({ limit: 1 });
    expect(await refusal(olivia.notifications.list({ limit: 1, cursor: nextCursor ?? '' }))).toMatchObject({
      code: 'CURSOR_INVALID',
    });
  });

  it('NO-SELF-HELP: are not told to a token, whatever it may do', async () => {
    await tell('olivia', 1);
    const { tokenText } = await olivia.tokens.issue({
      name: 'reads my bell',
      permissions: { type: 'inherit', manageTokens: true },
    });
    const token = await installation.token(tokenText);
    for (const call of [token.notifications.list(), token.notifications.markRead()]) {
      expect(await refusal(call)).toMatchObject({ code: 'CREDENTIAL_KIND' });
    }
    expect((await olivia.notifications.list()).unreadCount).toBe(1);
  });

  it('of a kind that a later release knows are passed over', async () => {
    await tell('olivia', 1);
    await tell('olivia', 2, 'acme', 'kind_of_next_year');
    expect((await olivia.notifications.list()).items).toHaveLength(1);
  });
});
