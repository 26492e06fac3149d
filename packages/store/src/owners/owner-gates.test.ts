import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { gate, untilWaiting } from '../../test/until-waiting.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
});
afterAll(() => Promise.all(closers.map((close) => close())));

const open = { organizationId: 'acme', closed: false, closedAt: null, mark: 0 };
const lock = (memberId: string) =>
  it.store.unitOfWork.run((tx) => it.store.ownerGates.lockForShare('acme', memberId, tx));
const close = (memberId: string, at = T0) =>
  it.store.unitOfWork.run((tx) => it.store.ownerGates.close(tx, 'acme', memberId, at));

test('locking makes sure that there is a gate; many at once make one', async () => {
  expect(await it.store.ownerGates.find('acme', 'ada')).toBeNull();
  const gates = await Promise.all(Array.from({ length: 8 }, () => lock('ada')));
  expect(gates).toEqual(gates.map(() => ({ ...open, memberId: 'ada' })));
  expect(await it.store.ownerGates.find('acme', 'ada')).toEqual({ ...open, memberId: 'ada' });
});

test('closing raises the mark; saying it twice is one effect; the first time stands', async () => {
  const closed = { ...open, memberId: 'grace', closed: true, closedAt: T0, mark: 1 };
  expect(await close('grace')).toEqual(closed);
  expect(await close('grace', T0 + HOUR)).toEqual(closed);
  // TERMINAL: locking for a new token doesn't open it.
  expect(await lock('grace')).toEqual(closed);
});

test('TENANT-WALL: a gate is one organization’s', async () => {
  await close('linus');
  expect(await it.store.ownerGates.find('beta', 'linus')).toBeNull();
});

test('GATE-FIRST: a removal waits for a token that is just being issued, and a token for a removal', async () => {
  // Both have a gate already: a new row would hold the other one up by its key alone.
  for (const member of ['ken', 'dennis']) await lock(member);
  const issuing = gate();
  const locked = gate();
  const order: string[] = [];
  const issue = it.store.unitOfWork.run(async (tx) => {
    await it.store.ownerGates.lockForShare('acme', 'ken', tx);
    locked.resolve();
    await issuing.promise;
    order.push('issued');
  });
  await locked.promise;
  const removal = close('ken').then(() => order.push('removed'));
  await untilWaiting(it.sql);
  issuing.resolve();
  await Promise.all([issue, removal]);
  expect(order).toEqual(['issued', 'removed']);

  const removing = gate();
  const closing = gate();
  const second = it.store.unitOfWork.run(async (tx) => {
    await it.store.ownerGates.close(tx, 'acme', 'dennis', T0);
    closing.resolve();
    await removing.promise;
  });
  await closing.promise;
  const late = lock('dennis');
  await untilWaiting(it.sql);
  removing.resolve();
  await second;
  expect(await late).toMatchObject({ closed: true, mark: 1 });
});
