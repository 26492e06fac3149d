import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { AuditEvent, AuditFilter } from './audit-trail.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
const event = (i: number, given: Partial<AuditEvent> = {}): Omit<AuditEvent, 'eventId'> => ({
  organizationId: 'acme',
  at: T0 + Math.floor(i / 3) * HOUR,
  actor: { type: i % 2 === 0 ? 'member' : 'token', id: `actor-${i % 2}` },
  action: i % 5 === 0 ? 'token.revoked' : 'token.issued',
  target: { type: 'token', id: `token-${i}` },
  reason: i === 0 ? 'it’s “leaked”; drop table' : null,
  address: '2001:db8::1',
  client: 'curl/8',
  requestId: `r-${i}`,
  details: { number: i, nested: { list: [1, 'two', null] } },
  ...given,
});

beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await it.store.unitOfWork.run(async (tx) => {
    await it.store.audit.append(
      tx,
      Array.from({ length: 20 }, (_, i) => event(i)),
    );
    await it.store.audit.append(tx, [event(0, { organizationId: 'beta' })]);
    await it.store.audit.append(tx, []);
  });
});
afterAll(() => Promise.all(closers.map((close) => close())));

const list = (filter: AuditFilter = {}, organizationId = 'acme') =>
  it.store.audit.list(organizationId, { filter, limit: 100 });

test('events come back as they were written, the newest first', async () => {
  const events = await list();
  expect(events).toHaveLength(20);
  const first = events.find(({ requestId }) => requestId === 'r-0');
  expect(first).toEqual({ ...event(0), eventId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort((a, b) => b - a));
});

test('pages show each event once, also where many have one time', async () => {
  const all = await list();
  for (const limit of [1, 2, 3, 7]) {
    const seen: AuditEvent[] = [];
    for (;;) {
      const last = seen.at(-1);
      const page = await it.store.audit.list('acme', {
        filter: {},
        limit,
        ...(last === undefined ? {} : { after: { at: last.at, eventId: last.eventId } }),
      });
      seen.push(...page);
      if (page.length < limit) break;
    }
    expect(seen).toEqual(all);
  }
});

test('filters by action, actor, target and time', async () => {
  expect(await list({ action: 'token.revoked' })).toHaveLength(4);
  expect(await list({ actorId: 'actor-1' })).toHaveLength(10);
  expect((await list({ targetId: 'token-7' })).map(({ requestId }) => requestId)).toEqual(['r-7']);
  // From the first instant, to before the last.
  expect(await list({ from: T0 + HOUR, to: T0 + 2 * HOUR })).toHaveLength(3);
  expect(await list({ action: 'token.issued', actorId: 'actor-0', to: T0 + HOUR })).toHaveLength(1);
});

test('TENANT-WALL: another organization’s events are not among them', async () => {
  expect(await list({}, 'beta')).toHaveLength(1);
  expect(await list({}, 'gamma')).toEqual([]);
  const [theirs] = await list({}, 'beta');
  const after = { at: T0 + 100 * HOUR, eventId: theirs?.eventId ?? '' };
  const page = await it.store.audit.list('acme', { filter: {}, limit: 100, after });
  expect(page).toHaveLength(20);
});

test('what is outside of the closed unions is refused', async () => {
  const append = (given: Partial<AuditEvent>) =>
    it.store.unitOfWork.run((tx) => it.store.audit.append(tx, [event(1, given)]));
  await expect(append({ actor: { type: 'ghost' as never, id: 'x' } })).rejects.toMatchObject({ code: '23514' });
  await expect(append({ target: { type: 'ghost' as never, id: 'x' } })).rejects.toMatchObject({ code: '23514' });
  await expect(append({ action: 'Drop It' as never })).rejects.toMatchObject({ code: '23514' });
  await expect(append({ details: [] as never })).rejects.toMatchObject({ code: '23514' });
});

test('of an event of which there is one for each target, many at once write one (ONE-EFFECT)', async () => {
  const worker = await it.open('worker');
  const about = { action: 'member.removal_reported', target: { type: 'member', id: 'leaver' } } as const;
  const append = (organizationId = 'acme') =>
    worker.unitOfWork.run((tx) => worker.audit.appendOnce(tx, event(30, { ...about, organizationId })));
  expect((await Promise.all(Array.from({ length: 5 }, () => append()))).filter(Boolean)).toEqual([true]);
  expect(await append()).toBe(false);
  expect(await append('beta')).toBe(true);
  expect(await list({ action: 'member.removal_reported' })).toHaveLength(1);
});

test('the latest hand-over of each token is found, of this organization alone', async () => {
  const handOver = (id: string, to: string, at: number, organizationId = 'acme') =>
    event(0, { organizationId, at, action: 'token.handed_over', target: { type: 'token', id }, details: { to } });
  await it.store.unitOfWork.run((tx) =>
    it.store.audit.append(tx, [
      handOver('a', 'first', T0),
      handOver('a', 'second', T0 + 1),
      handOver('b', 'theirs', T0, 'beta'),
      handOver('c', 'not asked for', T0),
    ]),
  );
  const worker = await it.open('worker');
  expect(await worker.audit.listHandOvers('acme', ['a', 'b', 'd'])).toEqual([{ tokenId: 'a', to: 'second' }]);
});
