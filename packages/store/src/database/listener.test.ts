import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { addOrganization } from '../../test/fixtures.ts';
import { openProxy } from '../../test/open-proxy.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { openListener } from './listener.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
});
afterAll(() => Promise.all(closers.map((close) => close())));

const channels = ['latchkey_change', 'latchkey_outbox'];

const listen = async (url = it.urlOf('worker')) => {
  const onNotify = vi.fn<(channel: string) => void>();
  const onLost = vi.fn<(error: Error) => void>();
  const listener = openListener({ url, channels, onNotify, onLost, heartbeatMs: 50 });
  onTestFinished(() => listener.close());
  return { listener, onNotify, onLost };
};

const change = (fail = false) =>
  it.store.unitOfWork.run(async (tx) => {
    await it.store.feed.append(tx, [{ subject: 'permissions', organizationId: 'acme' }]);
    if (fail) throw new Error('rolled back');
  });

test('a commit wakes who listens, a rollback does not', async () => {
  const { onNotify } = await listen();
  // Once for each channel when the connection has come: what was sent before is lost.
  await vi.waitFor(() => expect(onNotify.mock.calls).toEqual(channels.map((channel) => [channel])));
  onNotify.mockClear();
  await expect(change(true)).rejects.toThrow('rolled back');
  await change();
  await vi.waitFor(() => expect(onNotify).toHaveBeenCalled());
  expect(onNotify.mock.calls).toEqual([['latchkey_change']]);
  await it.store.unitOfWork.run((tx) =>
    it.store.outbox.add(tx, 'acme', 'cascade-member-removal', {
      organizationId: 'acme',
      memberId: 'ada',
      removedBy: { type: 'operator', id: 'cli' },
      requestId: null,
    }),
  );
  await vi.waitFor(() => expect(onNotify).toHaveBeenLastCalledWith('latchkey_outbox'));
});

test('a lost connection is told and made anew, and then everybody is woken', async () => {
  const { onNotify, onLost } = await listen();
  await vi.waitFor(() => expect(onNotify).toHaveBeenCalledTimes(2));
  await it.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'latchkey-listener'`,
  );
  await vi.waitFor(() => expect(onNotify).toHaveBeenCalledTimes(4));
  expect(onLost).toHaveBeenCalledTimes(1);
  await change();
  await vi.waitFor(() => expect(onNotify).toHaveBeenCalledTimes(5));
});

test('a server that can’t be reached is tried again until it can', async () => {
  const proxy = await openProxy(it.urlOf('worker'));
  onTestFinished(() => proxy.close());
  proxy.onRequest = () => 'cut-before';
  const { onNotify, onLost } = await listen(proxy.url);
  await vi.waitFor(() => expect(onLost.mock.calls.length).toBeGreaterThanOrEqual(2));
  expect(onNotify).not.toHaveBeenCalled();
  proxy.onRequest = () => 'pass';
  await vi.waitFor(() => expect(onNotify).toHaveBeenCalledTimes(2), { timeout: 10_000 });
});

test('closing ends the connection and is no loss', async () => {
  const { listener, onNotify, onLost } = await listen();
  await vi.waitFor(() => expect(onNotify).toHaveBeenCalledTimes(2));
  await listener.close();
  await listener.close();
  expect(onLost).not.toHaveBeenCalled();
  await vi.waitFor(async () =>
    expect(
      await it.sql(
        `select 1 from pg_stat_activity where datname = current_database() and application_name = 'latchkey-listener'`,
      ),
    ).toEqual([]),
  );
});
