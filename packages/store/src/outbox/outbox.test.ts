import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addOrganization, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { gate } from '../../test/until-waiting.ts';
import type { OpenStore, OutboxMessage } from '../index.ts';

let it: TestStore;
let worker: OpenStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  worker = await it.open('worker');
  await addOrganization(it.store);
});
afterAll(() => Promise.all(closers.map((close) => close())));
beforeEach(() => it.sql('delete from latchkey.outbox_message'));

const add = (memberId: string) =>
  it.store.unitOfWork.run((tx) =>
    it.store.outbox.add(tx, 'acme', 'cascade-member-removal', {
      organizationId: 'acme',
      memberId,
      removedBy: { type: 'member', id: 'ada' },
      requestId: null,
    }),
  );

const idsOf = (messages: readonly OutboxMessage[]) => messages.map(({ messageId }) => messageId);
const membersOf = (messages: readonly OutboxMessage[]) =>
  messages.map(({ payload }) => ('memberId' in payload ? payload.memberId : ''));
const takeAll = async (messages: readonly OutboxMessage[]) => ({ relayed: idsOf(messages), failed: [] });

/** Makes everything due, as if its time had come. */
const waitOver = () => it.sql(`update latchkey.outbox_message set next_attempt_at = now() - interval '1 s'`);

test('what was committed is handed to the relay, in order, once', async () => {
  for (const member of ['a', 'b', 'c']) await add(member);
  const seen: OutboxMessage[] = [];
  const relay = (messages: readonly OutboxMessage[]) => {
    seen.push(...messages);
    return takeAll(messages);
  };
  expect(await worker.outbox.relay(2, relay)).toBe(2);
  expect(await worker.outbox.relay(2, relay)).toBe(1);
  expect(await worker.outbox.relay(2, relay)).toBe(0);
  expect(membersOf(seen)).toEqual(['a', 'b', 'c']);
  expect(seen[0]).toMatchObject({ organizationId: 'acme', name: 'cascade-member-removal', attempts: 0 });
  expect(await worker.outbox.lag()).toEqual({ count: 0, oldestMs: 0, deadCount: 0 });
});

test('two relays at once never hand out the same message', async () => {
  for (let i = 0; i < 30; i += 1) await add(`m${i}`);
  const seen: string[] = [];
  const relayAll = async () => {
    while (
      (await worker.outbox.relay(4, async (messages) => {
        seen.push(...membersOf(messages));
        return takeAll(messages);
      })) > 0
    );
  };
  await Promise.all([relayAll(), relayAll(), relayAll()]);
  expect(seen).toHaveLength(30);
  expect(new Set(seen).size).toBe(30);
});

test('a message that is being relayed is not handed out again meanwhile, and no transaction is held open', async () => {
  await add('a');
  const relaying = gate();
  const claimed = gate();
  const first = worker.outbox.relay(1, async (messages) => {
    claimed.resolve();
    await relaying.promise;
    return takeAll(messages);
  });
  await claimed.promise;
  expect(await worker.outbox.relay(1, takeAll)).toBe(0);
  expect(
    await it.sql(
      `select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    ),
  ).toEqual([]);
  relaying.resolve();
  expect(await first).toBe(1);
});

test('NOTHING-LOST: a message whose relay crashed is handed out again when its claim is over', async () => {
  await add('a');
  // A crash: claimed, and nothing said afterwards.
  await worker.outbox.relay(1, async () => ({ relayed: [], failed: [] }));
  expect(await worker.outbox.relay(1, takeAll)).toBe(0);
  expect((await worker.outbox.lag()).count).toBe(1);
  await waitOver();
  const seen: OutboxMessage[] = [];
  await worker.outbox.relay(1, async (messages) => {
    seen.push(...messages);
    return takeAll(messages);
  });
  expect(seen).toMatchObject([{ payload: { memberId: 'a' }, attempts: 0 }]);
});

test('NOTHING-LOST: a queue that can’t be reached, however often, makes no dead letter', async () => {
  await add('a');
  for (let i = 0; i < 15; i += 1) {
    const outage = new Error('the queue is gone');
    await expect(worker.outbox.relay(5, () => Promise.reject(outage))).rejects.toBe(outage);
    await waitOver();
  }
  expect(await worker.outbox.lag()).toMatchObject({ count: 1, deadCount: 0 });
  expect(await worker.outbox.relay(5, takeAll)).toBe(1);
});

describe('a message that can’t be relayed', () => {
  const fail = (messages: readonly OutboxMessage[]) => Promise.resolve({ relayed: [], failed: idsOf(messages) });
  const delay = async () => {
    const [row] = await it.sql<{ s: number }>(
      'select round(extract(epoch from next_attempt_at - now()))::int as s from latchkey.outbox_message',
    );
    return row?.s;
  };

  test('is tried again later and later, ten times, and then it is a dead letter that everybody can see', async () => {
    await add('a');
    const delays: unknown[] = [];
    for (let i = 0; i < 10; i += 1) {
      await worker.outbox.relay(5, fail);
      delays.push(await delay());
      await waitOver();
    }
    expect(delays).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
    expect(await worker.outbox.relay(5, takeAll)).toBe(0);
    expect(await worker.outbox.lag()).toEqual({ count: 0, oldestMs: 0, deadCount: 1 });
    const dead = await worker.outbox.deadLetters(10);
    expect(dead).toMatchObject([{ payload: { memberId: 'a' }, attempts: 10, deadAt: expect.any(Number) }]);

    expect(await worker.outbox.revive(idsOf(dead))).toBe(1);
    expect(await worker.outbox.deadLetters(10)).toEqual([]);
    expect(await worker.outbox.relay(5, takeAll)).toBe(1);
    expect(await worker.outbox.revive(idsOf(dead))).toBe(0);
  });

  test('holds up no other', async () => {
    for (const member of ['a', 'b', 'c']) await add(member);
    const relayed = await worker.outbox.relay(10, async (messages) => {
      const [bad, ...good] = idsOf(messages);
      return { relayed: good, failed: bad === undefined ? [] : [bad] };
    });
    expect(relayed).toBe(2);
    expect((await worker.outbox.lag()).count).toBe(1);
  });
});

test('the lag tells how many wait and for how long', async () => {
  await add('a');
  await it.sql(`update latchkey.outbox_message set created_at = now() - interval '90 s'`);
  await add('b');
  const lag = await worker.outbox.lag();
  expect(lag.count).toBe(2);
  expect(lag.oldestMs).toBeGreaterThanOrEqual(90_000);
  expect(lag.oldestMs).toBeLessThan(100_000);
});

test('housekeeping removes messages that were done before, and none that waits, is at work or is dead', async () => {
  for (const member of ['done', 'relayed', 'waiting', 'dead']) await add(member);
  const keys: OutboxMessage[] = [];
  await worker.outbox.relay(2, async (messages) => {
    keys.push(...messages);
    return takeAll(messages);
  });
  const done = keys.find(({ payload }) => 'memberId' in payload && payload.memberId === 'done');
  await worker.outbox.finish(done ?? expect.fail('it was not relayed'));
  await it.sql(`update latchkey.outbox_message set dead_at = now() where payload ->> 'memberId' = 'dead'`);
  expect(await worker.outbox.removeDone(T0)).toBe(0);
  expect(await worker.outbox.removeDone(Date.now() + 60_000)).toBe(1);
  expect(await worker.outbox.lag()).toMatchObject({ count: 1, deadCount: 1 });
});

describe('what was handed over', () => {
  const relayOne = async () => {
    const seen: OutboxMessage[] = [];
    await worker.outbox.relay(1, async (messages) => {
      seen.push(...messages);
      return takeAll(messages);
    });
    return seen[0];
  };
  const waitedMs = async () => {
    const [row] = await it.sql<{ s: number }>(
      'select round(extract(epoch from next_attempt_at - clock_timestamp()))::int as s from latchkey.outbox_message',
    );
    return row?.s;
  };

  test('NOTHING-LOST: and was never done, because the queue lost it, is handed over again, later and later', async () => {
    await add('a');
    const first = await relayOne();
    expect(await waitedMs()).toBe(30);
    expect(await relayOne()).toBeUndefined();
    await waitOver();
    // The same message under the same name: a queue that still knows it takes it for the same.
    expect(await relayOne()).toEqual(first);
    await it.sql(`update latchkey.outbox_message set relayed_at = now() - interval '2 min'`);
    await waitOver();
    await relayOne();
    expect(await waitedMs()).toBe(120);
    await it.sql(`update latchkey.outbox_message set relayed_at = now() - interval '1 day'`);
    await waitOver();
    await relayOne();
    expect(await waitedMs()).toBe(600);
    expect(await worker.outbox.lag()).toEqual({ count: 0, oldestMs: 0, deadCount: 0 });
  });

  test('and is done is never handed over again', async () => {
    await add('a');
    const message = (await relayOne()) ?? expect.fail('nothing was relayed');
    expect(await worker.outbox.lagByName()).toMatchObject([
      { name: 'cascade-member-removal', waiting: { count: 0, oldestMs: 0 }, unfinished: { count: 1 }, deadCount: 0 },
    ]);
    await it.sql(`update latchkey.outbox_message set created_at = created_at - interval '1 h'`);
    expect(await worker.outbox.finish(message)).toBeGreaterThanOrEqual(3_600_000);
    expect(await worker.outbox.finish(message)).toBeNull();
    await worker.outbox.bury(message, 'too late');
    await waitOver();
    expect(await relayOne()).toBeUndefined();
    expect(await worker.outbox.lagByName()).toEqual([]);
    expect(await worker.outbox.deadLetters(10)).toEqual([]);
  });

  test('and is given up is visible with the reason, and taken up again under another name', async () => {
    await add('a');
    const message = (await relayOne()) ?? expect.fail('nothing was relayed');
    await worker.outbox.bury(message, 'the handler refused it');
    await worker.outbox.bury(message, 'said again');
    expect(await worker.outbox.deadLetters(10)).toMatchObject([
      { messageId: message.messageId, because: 'the handler refused it', revival: 0 },
    ]);
    expect(await worker.outbox.lagByName()).toMatchObject([{ unfinished: { count: 0 }, deadCount: 1 }]);
    await waitOver();
    expect(await relayOne()).toBeUndefined();
    expect(await worker.outbox.revive([message.messageId])).toBe(1);
    expect(await relayOne()).toMatchObject({ messageId: message.messageId, revival: 1, attempts: 0 });

    // Somebody has its failed job run again, past the outbox.
    await worker.outbox.bury(message, 'the handler refused it');
    await worker.outbox.finish(message);
    expect(await worker.outbox.deadLetters(10)).toEqual([]);
    expect(await worker.outbox.lagByName()).toEqual([]);
  });
});

test('a payload that its job would refuse is refused when it is written', async () => {
  const bad = { organizationId: '', memberId: 'a', removedBy: { type: 'member', id: 'ada' }, requestId: null } as const;
  await expect(
    it.store.unitOfWork.run((tx) => it.store.outbox.add(tx, 'acme', 'cascade-member-removal', bad)),
  ).rejects.toThrow(/organizationId/);
  expect((await worker.outbox.lag()).count).toBe(0);
});
