import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { relayLimit } from './relay.ts';
import { startRelayLoop } from './relay-loop.ts';

const logger = pino({ level: 'silent' });
const probe = async () => undefined;

describe('the relay loop', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('finds what was committed without any wake-up', async () => {
    const relay = vi.fn(async () => 0);
    const loop = startRelayLoop({ relay, probe, logger });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(relay.mock.calls.length).toBeGreaterThanOrEqual(10);
    expect(relay.mock.calls.length).toBeLessThan(15);
    await loop.stop();
  });

  it('looks at once when woken, and once more when woken while it looks', async () => {
    let finish: (takenCount: number) => void = () => undefined;
    const relay = vi.fn(
      () =>
        new Promise<number>((resolve) => {
          finish = resolve;
        }),
    );
    const loop = startRelayLoop({ relay, probe, logger });
    finish(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(relay).toHaveBeenCalledTimes(1);
    loop.wake();
    await vi.advanceTimersByTimeAsync(1);
    expect(relay).toHaveBeenCalledTimes(2);
    loop.wake();
    finish(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(relay).toHaveBeenCalledTimes(3);
    const stopped = loop.stop();
    finish(0);
    await stopped;
  });

  it('goes on without a pause while there may be more', async () => {
    const relay = vi.fn(async () => (relay.mock.calls.length < 50 ? relayLimit : 0));
    const loop = startRelayLoop({ relay, probe, logger });
    await vi.advanceTimersByTimeAsync(1);
    expect(relay).toHaveBeenCalledTimes(50);
    await loop.stop();
  });

  it('meets an outage with ever fewer attempts, whatever wakes it, and says what is wrong', async () => {
    const relay = vi.fn(async (): Promise<number> => {
      throw new Error('connection refused');
    });
    const loop = startRelayLoop({ relay, probe, logger });
    for (let second = 0; second < 60; second += 1) {
      for (let wakeUp = 0; wakeUp < 20; wakeUp += 1) loop.wake();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(relay.mock.calls.length).toBeGreaterThanOrEqual(8);
    expect(relay.mock.calls.length).toBeLessThanOrEqual(18);
    expect(loop.problem()).toBe('connection refused');
    await loop.stop();
  });

  it('relays within ten seconds once the outage is over, and forgets it', async () => {
    let away = true;
    const relay = vi.fn(async () => {
      if (away) throw new Error('away');
      return 0;
    });
    const loop = startRelayLoop({ relay, probe, logger });
    await vi.advanceTimersByTimeAsync(300_000);
    away = false;
    const before = relay.mock.calls.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(relay.mock.calls.length).toBeGreaterThan(before);
    expect(loop.problem()).toBeNull();
    await loop.stop();
  });

  it('does not take a pass that had nothing to do for the end of an outage', async () => {
    let backend: 'away' | 'back' = 'away';
    const relay = vi.fn(async () => {
      if (relay.mock.calls.length === 1) throw new Error('away');
      return 0;
    });
    const loop = startRelayLoop({
      relay,
      probe: async () => {
        if (backend === 'away') throw new Error('still away');
      },
      logger,
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(relay).toHaveBeenCalledTimes(1);
    expect(loop.problem()).toBe('still away');
    backend = 'back';
    await vi.advanceTimersByTimeAsync(10_000);
    expect(loop.problem()).toBeNull();
    await loop.stop();
  });

  it('stops at once while it waits', async () => {
    const loop = startRelayLoop({ relay: async () => 0, probe, logger });
    await vi.advanceTimersByTimeAsync(1);
    await loop.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
