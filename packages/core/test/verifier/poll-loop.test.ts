import { expect, test } from 'vitest';
import { runPollLoop } from '../../src/verifier/index.ts';
import { settled } from './stand.ts';

const openLoop = () => {
  const polls: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const scheduled: { run: () => void; afterMs: number; off: boolean }[] = [];
  const failures: unknown[] = [];
  const loop = runPollLoop({
    poll: () =>
      new Promise((resolve, reject) => {
        polls.push({ resolve, reject });
      }),
    everyMs: 300,
    retryMs: 50,
    schedule: (run, afterMs) => {
      const timer = { run, afterMs, off: false };
      scheduled.push(timer);
      return () => {
        timer.off = true;
      };
    },
    onFailure: (error) => failures.push(error),
  });
  return { polls, scheduled, failures, loop };
};

test('it polls at once, then again after the interval', async () => {
  const { polls, scheduled } = openLoop();
  expect(polls).toHaveLength(1);
  polls[0]?.resolve();
  await settled();
  expect(scheduled.map(({ afterMs }) => afterMs)).toEqual([300]);
  scheduled[0]?.run();
  expect(polls).toHaveLength(2);
});

test('a wake-up between polls polls now, and the timer is called off', async () => {
  const { polls, scheduled, loop } = openLoop();
  polls[0]?.resolve();
  await settled();
  loop.wake();
  expect(polls).toHaveLength(2);
  expect(scheduled[0]?.off).toBe(true);
});

test('however many wake-ups come during a poll, one more poll follows, and tells them', async () => {
  const { polls, loop } = openLoop();
  const told = Promise.all([loop.polled(), loop.polled(), loop.polled()]);
  polls[0]?.resolve();
  await settled();
  expect(polls).toHaveLength(2);
  polls[1]?.resolve();
  await told;
  expect(polls).toHaveLength(2);
});

test('a poll that fails is tried again soon, then less often, and never rarer than polls are', async () => {
  const { polls, scheduled, failures } = openLoop();
  for (let i = 0; i < 5; i += 1) {
    polls[i]?.reject(new Error(`failure ${i}`));
    await settled();
    scheduled.at(-1)?.run();
  }
  expect(scheduled.map(({ afterMs }) => afterMs)).toEqual([50, 100, 200, 300, 300]);
  expect(failures).toHaveLength(5);
  polls[5]?.resolve();
  await settled();
  scheduled.at(-1)?.run();
  polls[6]?.reject(new Error('again'));
  await settled();
  expect(scheduled.at(-1)?.afterMs).toBe(50);
});

test('whoever waits for a poll waits for a good one', async () => {
  const { polls, scheduled, loop } = openLoop();
  let told = false;
  const waiting = loop.polled().then(() => {
    told = true;
  });
  polls[0]?.resolve();
  await settled();
  polls[1]?.reject(new Error('away'));
  await settled();
  expect(told).toBe(false);
  scheduled.at(-1)?.run();
  polls[2]?.resolve();
  await waiting;
});

test('closed, it waits for the poll under way and begins no other', async () => {
  const { polls, scheduled, loop } = openLoop();
  let closed = false;
  const closing = loop.close().then(() => {
    closed = true;
  });
  loop.wake();
  await settled();
  expect(closed).toBe(false);
  polls[0]?.resolve();
  await closing;
  expect(polls).toHaveLength(1);
  expect(scheduled).toHaveLength(0);
});

test('a poll that throws at once is a failure like another', async () => {
  const scheduled: (() => void)[] = [];
  let polls = 0;
  runPollLoop({
    poll: () => {
      polls += 1;
      throw new Error('at once');
    },
    everyMs: 300,
    retryMs: 50,
    schedule: (run) => {
      scheduled.push(run);
      return () => undefined;
    },
    onFailure: () => undefined,
  });
  await settled();
  scheduled[0]?.();
  expect(polls).toBe(2);
});
