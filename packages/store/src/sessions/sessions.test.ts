import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { SessionRecord } from './session-repository.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
});
afterAll(() => Promise.all(closers.map((close) => close())));

const addSession = async (given: Partial<SessionRecord> = {}) => {
  const session: SessionRecord = {
    digest: randomBytes(32),
    organizationId: 'acme',
    memberId: 'ada',
    createdAt: T0,
    lastSeenAt: T0,
    expiresAt: T0 + 8 * HOUR,
    ...given,
  };
  await it.store.unitOfWork.run((tx) => it.store.sessions.insert(tx, session));
  return session;
};

const addLink = async (expiresAt = T0 + HOUR) => {
  const digest = randomBytes(32);
  await it.store.unitOfWork.run((tx) =>
    it.store.signInLinks.insert(tx, { digest, organizationId: 'acme', memberId: 'ada', createdAt: T0, expiresAt }),
  );
  return digest;
};

const consume = (digest: Uint8Array, now = T0) =>
  it.store.unitOfWork.run((tx) => it.store.signInLinks.consume(tx, digest, now));

test('a session is found by the digest of its cookie, as it was written', async () => {
  const session = await addSession();
  expect(await it.store.sessions.find(session.digest)).toEqual(session);
  expect(await it.store.sessions.find(randomBytes(32))).toBeNull();
});

test('being seen moves a session forward, never back', async () => {
  const { digest } = await addSession();
  await it.store.sessions.touch(digest, T0 + 5);
  await it.store.sessions.touch(digest, T0 + 3);
  expect(await it.store.sessions.find(digest)).toMatchObject({ lastSeenAt: T0 + 5, expiresAt: T0 + 8 * HOUR });
});

test('signing out ends one session, a removal ends all of a member’s in that organization', async () => {
  const [one, two] = [await addSession({ memberId: 'grace' }), await addSession({ memberId: 'grace' })];
  const elsewhere = await addSession({ organizationId: 'beta', memberId: 'grace' });
  const other = await addSession({ memberId: 'linus' });
  await it.store.unitOfWork.run((tx) => it.store.sessions.remove(tx, one.digest));
  expect(await it.store.sessions.find(one.digest)).toBeNull();
  expect(await it.store.sessions.find(two.digest)).not.toBeNull();
  await it.store.unitOfWork.run((tx) => it.store.sessions.removeAllOf(tx, 'acme', 'grace'));
  expect(await it.store.sessions.find(two.digest)).toBeNull();
  for (const session of [elsewhere, other]) expect(await it.store.sessions.find(session.digest)).not.toBeNull();
});

test('of twenty parallel uses of one sign-in link one signs in', async () => {
  const digest = await addLink();
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => consume(digest)));
  expect(outcomes.filter((outcome) => outcome !== null)).toEqual([{ organizationId: 'acme', memberId: 'ada' }]);
  expect(await consume(digest)).toBeNull();
});

test('a use that was rolled back has used nothing', async () => {
  const digest = await addLink();
  const failing = it.store.unitOfWork.run(async (tx) => {
    expect(await it.store.signInLinks.consume(tx, digest, T0)).not.toBeNull();
    throw new Error('the session could not be written');
  });
  await expect(failing).rejects.toThrow();
  expect(await consume(digest)).not.toBeNull();
});

test('a link is over at its end, and an unknown one opens nothing', async () => {
  const digest = await addLink(T0 + HOUR);
  expect(await consume(digest, T0 + HOUR)).toBeNull();
  expect(await consume(digest, T0 + HOUR - 1)).not.toBeNull();
  expect(await consume(randomBytes(32))).toBeNull();
});

test('housekeeping removes what ended before, and nothing else', async () => {
  const [ended, living] = [await addSession({ expiresAt: T0 - 2 }), await addSession()];
  await addLink(T0 - 2);
  const link = await addLink();
  expect(await it.store.sessions.removeEnded(T0 - 1)).toBe(2);
  expect(await it.store.sessions.find(ended.digest)).toBeNull();
  expect(await it.store.sessions.find(living.digest)).not.toBeNull();
  expect(await consume(link)).not.toBeNull();
});
