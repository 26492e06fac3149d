import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { gate, untilWaiting } from '../../test/until-waiting.ts';
import type { Change, Registration } from './change-feed.ts';
import { MAX_CHANGES } from './follow.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
});
afterAll(() => Promise.all(closers.map((close) => close())));
beforeEach(async () => {
  await it.sql('delete from latchkey.change');
  await it.sql('delete from latchkey.verifier');
});

const token = (id: string): Change => ({ subject: 'token', organizationId: 'acme', id });
const append = (...changes: readonly Change[]) => it.store.unitOfWork.run((tx) => it.store.feed.append(tx, changes));

const register = async () => {
  const verifierId = randomUUID();
  return { verifierId, ...(await it.store.feed.register({ verifierId, name: 'node' })) };
};

/** Polls as a verifier does that applies whatever it hears at once. */
const pollAfter = (me: Registration & { readonly verifierId: string }, snapshot = me.snapshot) =>
  it.store.feed.poll({ verifierId: me.verifierId, incarnation: me.incarnation, previous: snapshot, applied: snapshot });

const idsOf = (changes: readonly Change[] | undefined) => changes?.map((change) => ('id' in change ? change.id : ''));

test('a poll brings what has been committed since the one before, once', async () => {
  const me = await register();
  expect(await pollAfter(me)).toMatchObject({ changes: [] });
  await append(token('one'), token('one'), { subject: 'installation' }, { subject: 'credential', id: 'x' });
  await append(token('one'), { subject: 'permissions', organizationId: 'beta' });
  const second = await pollAfter(me);
  expect(second?.changes).toHaveLength(4);
  expect(second?.changes).toEqual(
    expect.arrayContaining([
      token('one'),
      { subject: 'installation' },
      { subject: 'credential', id: 'x' },
      { subject: 'permissions', organizationId: 'beta' },
    ]),
  );
  expect((await pollAfter(me, second?.snapshot))?.changes).toEqual([]);
});

test('a change that commits late, behind others that began after it, is not lost', async () => {
  const me = await register();
  const late = gate();
  const begun = gate();
  const slow = it.store.unitOfWork.run(async (tx) => {
    await it.store.feed.append(tx, [token('slow')]);
    begun.resolve();
    await late.promise;
  });
  await begun.promise;
  await append(token('fast'));
  const first = await pollAfter(me);
  expect(idsOf(first?.changes)).toEqual(['fast']);
  late.resolve();
  await slow;
  const second = await pollAfter(me, first?.snapshot);
  expect(idsOf(second?.changes)).toEqual(['slow']);
  expect(await pollAfter(me, second?.snapshot)).toMatchObject({ changes: [] });
});

test('what was written inside a savepoint is heard of; what was rolled back is not', async () => {
  const me = await register();
  await it.store.unitOfWork.run(async (tx) => {
    const em = it.store.entityManagerOf(tx);
    await em.execute('savepoint kept');
    await it.store.feed.append(tx, [token('kept')]);
    await em.execute('release savepoint kept');
    await em.execute('savepoint dropped');
    await it.store.feed.append(tx, [token('dropped')]);
    await em.execute('rollback to savepoint dropped');
  });
  const undone = it.store.unitOfWork.run(async (tx) => {
    await it.store.feed.append(tx, [token('undone')]);
    throw new Error('undo it');
  });
  await expect(undone).rejects.toThrow('undo it');
  expect(idsOf((await pollAfter(me))?.changes)).toEqual(['kept']);
});

test('many writers and a poller: each committed change is heard of, and by a snapshot that has seen it', async () => {
  const me = await register();
  const heard = new Map<string, number>();
  let writing = true;
  const poller = (async () => {
    for (let snapshot = me.snapshot, last = false; ; ) {
      // Once more when all have ended.
      last = !writing;
      const poll = await pollAfter(me, snapshot);
      if (poll === null) throw new Error('dropped from the registry');
      for (const id of idsOf(poll.changes) ?? []) heard.set(id, (heard.get(id) ?? 0) + 1);
      snapshot = poll.snapshot;
      if (last) return;
    }
  })();
  const all: string[] = [];
  await Promise.all(
    Array.from({ length: 6 }, async (_, writer) => {
      for (let count = 0; count < 40; count += 1) {
        const id = `${writer}-${count}`;
        all.push(id);
        await append(token(id));
      }
    }),
  );
  writing = false;
  await poller;
  expect([...heard.keys()].sort()).toEqual(all.sort());
  // Never twice: the next poll begins exactly where this one's statement looked.
  expect([...heard.values()].every((times) => times === 1)).toBe(true);
});

test('a change that commits while the poll waits belongs to the next one', async () => {
  const me = await register();
  const holder = gate();
  const held = gate();
  const holding = it.store.unitOfWork.run(async (tx) => {
    const em = it.store.entityManagerOf(tx);
    await em.execute(`select 1 from latchkey.verifier where verifier_id = '${me.verifierId}' for update`);
    held.resolve();
    await holder.promise;
  });
  await held.promise;
  const polling = pollAfter(me);
  await untilWaiting(it.sql);
  await append(token('meanwhile'));
  holder.resolve();
  await holding;
  const first = await polling;
  expect(first?.changes).toEqual([]);
  expect(idsOf((await pollAfter(me, first?.snapshot))?.changes)).toEqual(['meanwhile']);
});

test('a poll acknowledges what has been applied, and counts', async () => {
  const me = await register();
  await append(token('a'));
  const poll = await pollAfter(me);
  expect((await it.store.feed.registry()).rows).toMatchObject([{ applied: me.snapshot, name: 'node' }]);
  const before = (await it.store.feed.registry()).rows[0]?.polls ?? 0;
  await it.store.feed.poll({ ...me, previous: poll?.snapshot ?? '', applied: poll?.snapshot ?? '' });
  const { rows, incarnation } = await it.store.feed.registry();
  expect(rows).toEqual([
    {
      verifierId: me.verifierId,
      name: 'node',
      incarnation,
      applied: poll?.snapshot,
      polls: before + 1,
      polledAt: expect.any(Number),
    },
  ]);
});

test('who isn’t registered, or in another incarnation, hears nothing at all', async () => {
  const me = await register();
  await append(token('a'));
  expect(await pollAfter({ ...me, verifierId: randomUUID() })).toBeNull();
  expect(await pollAfter({ ...me, incarnation: randomUUID() })).toBeNull();
  await it.store.unitOfWork.run((tx) => it.store.feed.renewIncarnation(tx));
  expect(await pollAfter(me)).toBeNull();
  const again = await it.store.feed.register({ verifierId: me.verifierId, name: 'node' });
  expect(again.incarnation).not.toBe(me.incarnation);
  expect(await pollAfter({ ...me, ...again })).toMatchObject({ changes: [] });
  await it.store.feed.deregister(me.verifierId);
  expect(await pollAfter({ ...me, ...again })).toBeNull();
});

test('a verifier that stands still is removed, one that has polled since is not', async () => {
  const me = await register();
  const [row] = (await it.store.feed.registry()).rows;
  await pollAfter(me);
  expect(await it.store.feed.removeStalled(me.verifierId, row?.polls ?? 0)).toBe(false);
  expect(await it.store.feed.removeStalled(me.verifierId, (row?.polls ?? 0) + 1)).toBe(true);
  expect(await it.store.feed.removeStalled(me.verifierId, (row?.polls ?? 0) + 1)).toBe(false);
  expect(await pollAfter(me)).toBeNull();
});

test('BOUNDED-WORK: who has missed too much to be told one by one begins anew', async () => {
  const me = await register();
  await append(...Array.from({ length: MAX_CHANGES }, (_, index) => token(`t${index}`)));
  expect((await pollAfter(me))?.changes).toHaveLength(MAX_CHANGES);
  await append(token('one more'));
  expect(await pollAfter(me)).toBeNull();
  expect(await it.store.feed.register({ verifierId: me.verifierId, name: 'node' })).toMatchObject({
    incarnation: me.incarnation,
  });
});

test('changes with transaction ids of another cluster, as a dump brings them, don’t come up in every poll', async () => {
  const me = await register();
  await it.sql(
    `insert into latchkey.change (organization_id, subject, subject_id, xid)
     values ('acme', 'token', 'elsewhere', (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000)::text::xid8)`,
  );
  await append(token('here'));
  expect(idsOf((await pollAfter(me))?.changes)).toEqual(['here']);
});
