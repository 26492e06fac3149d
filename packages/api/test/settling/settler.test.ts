import type { ChangeFeed, Registry } from '@latchkey/store';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { isAcknowledged } from '../../src/settling/acknowledged.ts';
import { boundOf } from '../../src/settling/lease.ts';
import { createSettler, type Settlement } from '../../src/settling/settler.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { registerFake, stopSomething, watchFeed } from './fake-verifiers.ts';
import { manualTimers } from './manual-timers.ts';

const BOUND_MS = boundOf(2_000);

let it: Installation;
beforeAll(async () => {
  it = await openInstallation();
});
afterAll(() => it.close());
beforeEach(async () => {
  for (const { verifierId } of (await it.deps.store.feed.registry()).rows)
    await it.deps.store.feed.deregister(verifierId);
});

const logger = pino({ level: 'silent' });

/** A process that has known the incarnation for as long as one likes. */
const open = async (
  parts: { readonly feed?: Pick<ChangeFeed, 'registry' | 'removeStalled'>; readonly isNew?: boolean } = {},
) => {
  const timers = manualTimers();
  const watched = watchFeed(parts.feed ?? it.deps.store.feed);
  const settler = createSettler({ feed: watched.feed, logger, timers });
  if (!parts.isNew) settler.observe(await it.deps.store.feed.incarnation(), timers.monotonic() - BOUND_MS);
  return {
    ...watched,
    settler,
    timers,
    /** Lets time pass and the registry be read that often. */
    readTimes: async (count: number) => {
      for (const end = watched.reads() + count; watched.reads() < end; ) {
        const before = watched.reads();
        timers.advance(25);
        await vi.waitFor(() => expect(watched.reads()).toBeGreaterThan(before), { interval: 2 });
      }
    },
  };
};

/** What became of a settlement so far. */
const follow = (settling: Promise<Settlement>) => {
  const seen: { settlement: Settlement | null } = { settlement: null };
  void settling.then((settlement) => {
    seen.settlement = settlement;
  });
  return seen;
};

test('DEAD-ON-RETURN: a stop settles once every verifier has acknowledged it, and not before', async () => {
  const verifiers = await Promise.all([1, 2, 3].map(() => registerFake(it.deps.store.feed)));
  const { settler, readTimes } = await open();
  const settling = follow(settler.settle(await stopSomething(it.deps.store)));
  await readTimes(3);
  for (const verifier of verifiers) {
    expect(settling.settlement).toBeNull();
    await verifier.acknowledge();
    await readTimes(1);
  }
  expect(settling.settlement).toMatchObject({ settled: true, by: 'acknowledgement' });
  expect(settler.last()).toBe(settling.settlement);
});

test('an acknowledgement of what was before the stop is none of the stop', async () => {
  const verifier = await registerFake(it.deps.store.feed);
  const { settler, readTimes } = await open();
  await verifier.acknowledge();
  const settling = follow(settler.settle(await stopSomething(it.deps.store)));
  await verifier.poll();
  await readTimes(3);
  expect(settling.settlement).toBeNull();
  await verifier.acknowledge();
  await readTimes(1);
  expect(settling.settlement).not.toBeNull();
});

test('one frozen verifier holds a stop up as long as its lease can last, and no longer', async () => {
  const [healthy] = await Promise.all([registerFake(it.deps.store.feed), registerFake(it.deps.store.feed, 'frozen')]);
  const { settler, timers, readTimes } = await open();
  const receipt = await stopSomething(it.deps.store);
  const begun = timers.monotonic();
  const settling = follow(settler.settle(receipt));
  await healthy.acknowledge();
  await readTimes(2);
  timers.advance(begun + BOUND_MS - 0.01 - timers.monotonic());
  await Promise.resolve();
  expect(settling.settlement).toBeNull();
  timers.advance(0.01);
  await vi.waitFor(() => expect(settling.settlement).toEqual({ settled: true, settledMs: BOUND_MS, by: 'lease' }));
});

test('a verifier that stood still that long is removed, and the next stop need not wait for it', async () => {
  await registerFake(it.deps.store.feed, 'frozen');
  const slow = await registerFake(it.deps.store.feed, 'slow');
  const { settler, timers, readTimes } = await open();
  const first = settler.settle(await stopSomething(it.deps.store));
  await readTimes(1);
  // It polls, though it doesn't get on: whatever holds it up, it is alive and may have a lease.
  for (let passed = 0; passed < BOUND_MS; passed += 200) {
    await slow.poll();
    await readTimes(1);
    timers.advance(200 - 25);
  }
  expect(await first).toMatchObject({ by: 'lease' });
  await vi.waitFor(async () => {
    await slow.poll();
    timers.advance(25);
    expect((await it.deps.store.feed.registry()).rows.map(({ name }) => name)).toEqual(['slow']);
  });
  await slow.acknowledge();
  const second = settler.settle(await stopSomething(it.deps.store));
  await slow.acknowledge();
  await readTimes(1);
  expect(await second).toMatchObject({ by: 'acknowledgement' });
});

test('one that comes back under the same name before it was found still is not taken for still', async () => {
  const { settler, timers, readTimes } = await open();
  const verifier = await registerFake(it.deps.store.feed, 'first life');
  const settling = settler.settle(await stopSomething(it.deps.store));
  await readTimes(1);
  await verifier.leave();
  await it.deps.store.feed.register({ verifierId: verifier.verifierId, name: 'second life' });
  timers.advance(BOUND_MS);
  await settling;
  await readTimes(1);
  expect((await it.deps.store.feed.registry()).rows).toMatchObject([{ name: 'second life' }]);
});

test('a verifier that leaves is not waited for; one that comes after the commit has seen it', async () => {
  const leaving = await registerFake(it.deps.store.feed);
  const { settler, readTimes } = await open();
  const settling = follow(settler.settle(await stopSomething(it.deps.store)));
  await registerFake(it.deps.store.feed, 'late');
  await readTimes(2);
  expect(settling.settlement).toBeNull();
  await leaving.leave();
  await readTimes(1);
  expect(settling.settlement).toMatchObject({ by: 'acknowledgement' });
});

test.each([
  ['can’t be read', () => Promise.reject(new Error('no database'))],
  ['doesn’t answer', () => new Promise<never>(() => undefined)],
])('FAIL-CLOSED: where the registry %s, a stop waits the whole time', async (_, registry) => {
  const { settler, timers } = await open({ feed: { registry, removeStalled: async () => false } });
  const settling = follow(settler.settle(await stopSomething(it.deps.store)));
  for (let passed = 0; passed < 2_100; passed += 100) {
    timers.advance(100);
    await new Promise(setImmediate);
  }
  expect(settling.settlement).toBeNull();
  timers.advance(BOUND_MS - 2_100);
  await vi.waitFor(() => expect(settling.settlement).toEqual({ settled: true, settledMs: BOUND_MS, by: 'lease' }));
});

test('INCARNATION: a process that has just come to know it waits for what may be left of the one before', async () => {
  const { settler, timers, readTimes } = await open({ isNew: true });
  const first = follow(settler.settle(await stopSomething(it.deps.store)));
  await readTimes(4);
  expect(first.settlement).toBeNull();
  timers.advance(BOUND_MS);
  await vi.waitFor(() => expect(first.settlement).toMatchObject({ by: 'lease' }));
  // From then on nothing of before can have a lease.
  const second = follow(settler.settle(await stopSomething(it.deps.store)));
  await readTimes(1);
  expect(second.settlement).toMatchObject({ by: 'acknowledgement' });
});

test('INCARNATION: after a change of it, stops wait the whole time, and so do receipts of the one before', async () => {
  const { settler, timers, readTimes } = await open();
  const before = await stopSomething(it.deps.store);
  await it.deps.store.unitOfWork.run((tx) => it.deps.store.feed.renewIncarnation(tx));
  const after = await stopSomething(it.deps.store);
  const settling = [follow(settler.settle(before)), follow(settler.settle(after))];
  await readTimes(3);
  expect(settling.map(({ settlement }) => settlement)).toEqual([null, null]);
  timers.advance(BOUND_MS);
  await vi.waitFor(() => {
    for (const { settlement } of settling)
      expect(settlement).toMatchObject({ by: 'lease', settledMs: expect.any(Number) });
  });
  // Asking about an old receipt again and again makes nobody else wait.
  const old = follow(settler.settle(before));
  const young = follow(settler.settle(await stopSomething(it.deps.store)));
  await readTimes(2);
  expect([old.settlement, young.settlement]).toEqual([null, expect.objectContaining({ by: 'acknowledgement' })]);
});

test('what the registry said before a commit says nothing of it', async () => {
  const answers: PromiseWithResolvers<Registry>[] = [];
  const registry = () => {
    const answer = Promise.withResolvers<Registry>();
    answers.push(answer);
    return answer.promise;
  };
  const { settler, timers } = await open({ feed: { registry, removeStalled: async () => false } });
  const empty = await it.deps.store.feed.registry();
  const first = follow(settler.settle(await stopSomething(it.deps.store)));
  timers.advance(5);
  expect(answers).toHaveLength(1);
  // Begins to wait while that statement runs: nobody knows which of both was earlier.
  const second = follow(settler.settle(await stopSomething(it.deps.store)));
  answers[0]?.resolve(empty);
  await vi.waitFor(() => expect(first.settlement).not.toBeNull());
  expect(second.settlement).toBeNull();
  timers.advance(25);
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]?.resolve(empty);
  await vi.waitFor(() => expect(second.settlement).not.toBeNull());
});

test('BOUNDED-WORK: two hundred stops at once share one reader of the registry', async () => {
  const verifier = await registerFake(it.deps.store.feed);
  const { settler, readTimes, reads, atOnce } = await open();
  const receipts = await Promise.all(Array.from({ length: 200 }, () => stopSomething(it.deps.store)));
  const settling = receipts.map((receipt) => settler.settle(receipt));
  await readTimes(2);
  await verifier.acknowledge();
  await readTimes(1);
  expect(new Set((await Promise.all(settling)).map(({ by }) => by))).toEqual(new Set(['acknowledgement']));
  expect(atOnce()).toBe(1);
  expect(reads()).toBe(3);
});

test('a stream of stops doesn’t keep the registry from being read', async () => {
  const { settler, timers, reads } = await open();
  const settling: Promise<Settlement>[] = [];
  for (let count = 0; count < 20; count += 1) {
    settling.push(settler.settle(await stopSomething(it.deps.store)));
    timers.advance(1);
  }
  await vi.waitFor(() => expect(reads()).toBeGreaterThan(2));
  timers.advance(BOUND_MS);
  await Promise.all(settling);
});

const row = { verifierId: 'v', name: 'v', polls: 1, polledAt: 0 };
test.each([
  [true, '10:12:11', '9'],
  [false, '10:12:11', '11'],
  [false, '10:12:', '12'],
  [false, 'no snapshot', '1'],
  [false, '10:12:', 'no id'],
])('acknowledged is %s: %s has applied %s', (expected, applied, xid) => {
  const rows = [{ ...row, incarnation: 'i', applied }];
  expect(isAcknowledged({ incarnation: 'i', rows }, { incarnation: 'i', xid })).toBe(expected);
  // Those of another incarnation are nobody's; its receipts are never acknowledged.
  expect(isAcknowledged({ incarnation: 'j', rows }, { incarnation: 'j', xid })).toBe(true);
  expect(isAcknowledged({ incarnation: 'j', rows }, { incarnation: 'i', xid })).toBe(false);
});
