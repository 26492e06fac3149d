import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { gate } from '../../test/until-waiting.ts';
import type { OpenStore } from '../index.ts';

let it: TestStore;
let worker: OpenStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  worker = await it.open('worker');
});
afterAll(() => Promise.all(closers.map((close) => close())));
beforeEach(async () => {
  await it.sql('delete from latchkey.change');
  await it.sql('delete from latchkey.verifier');
});

const append = (id: string) =>
  it.store.unitOfWork.run((tx) => it.store.feed.append(tx, [{ subject: 'token', organizationId: 'acme', id }]));
const left = async () =>
  (await it.sql<{ subject_id: string }>('select subject_id from latchkey.change order by xid')).map(
    ({ subject_id }) => subject_id,
  );
/** A snapshot counts the transactions of the whole server: nothing goes while another test's, begun before, is open. */
const transactionsEnded = async () => {
  const [{ now } = { now: '' }] = await it.sql<{ now: string }>('select pg_current_xact_id()::text as now');
  const ended = () => it.sql('select 1 where pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8', [now]);
  while ((await ended()).length === 0) await delay(10);
};
const register = async () => {
  const verifierId = randomUUID();
  return { verifierId, ...(await it.store.feed.register({ verifierId, name: 'node' })) };
};

test('only what every registered verifier has applied is removed', async () => {
  const [one, two] = [await register(), await register()];
  await append('a');
  await transactionsEnded();
  expect(await worker.feed.prune()).toBe(0);
  const first = await it.store.feed.poll({ ...one, previous: one.snapshot, applied: one.snapshot });
  const applied = first?.snapshot ?? '';
  await it.store.feed.poll({ ...one, previous: applied, applied });
  // The second one has not even heard of it.
  expect(await worker.feed.prune()).toBe(0);
  const second = await it.store.feed.poll({ ...two, previous: two.snapshot, applied: two.snapshot });
  expect(second?.changes).toHaveLength(1);
  // It has heard, and not yet applied.
  await it.store.feed.poll({ ...two, previous: second?.snapshot ?? '', applied: two.snapshot });
  expect(await worker.feed.prune()).toBe(0);
  await it.store.feed.poll({ ...two, previous: applied, applied });
  await append('b');
  expect(await worker.feed.prune()).toBe(1);
  expect(await left()).toEqual(['b']);
}, 180_000);

test('a change that was under way while others were applied is kept for its commit', async () => {
  const begun = gate();
  const end = gate();
  const slow = it.store.unitOfWork.run(async (tx) => {
    await it.store.feed.append(tx, [{ subject: 'token', organizationId: 'acme', id: 'slow' }]);
    begun.resolve();
    await end.promise;
  });
  await begun.promise;
  const me = await register();
  await append('fast');
  end.resolve();
  await slow;
  expect(await worker.feed.prune()).toBe(0);
  const poll = await it.store.feed.poll({ ...me, previous: me.snapshot, applied: me.snapshot });
  expect(poll?.changes).toHaveLength(2);
});

test('with nobody registered what is over goes; a verifier of another incarnation holds nothing up', async () => {
  await append('a');
  await transactionsEnded();
  expect(await worker.feed.prune()).toBe(1);
  await register();
  await append('b');
  await transactionsEnded();
  expect(await worker.feed.prune()).toBe(0);
  await it.store.unitOfWork.run((tx) => it.store.feed.renewIncarnation(tx));
  expect(await worker.feed.prune()).toBe(1);
  expect(await left()).toEqual([]);
}, 180_000);

test('a verifier that registers while changes are pruned misses none that it has not seen', async () => {
  for (let round = 0; round < 30; round += 1) {
    const [me] = await Promise.all([register(), append(`r${round}`), worker.feed.prune()]);
    const poll = await it.store.feed.poll({ ...me, previous: me.snapshot, applied: me.snapshot });
    const [seen] = await it.sql<{ seen: boolean }>(
      'select pg_visible_in_snapshot(xid, $1::pg_snapshot) as seen from latchkey.change where subject_id = $2',
      [me.snapshot, `r${round}`],
    );
    // Either its snapshot has it, or the poll brings it; where it is gone already, its snapshot had it.
    const heard = poll?.changes.some((change) => 'id' in change && change.id === `r${round}`) ?? false;
    expect(heard).toBe(seen?.seen === false);
    await it.store.feed.deregister(me.verifierId);
  }
});
