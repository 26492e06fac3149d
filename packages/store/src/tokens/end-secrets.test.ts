import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addOrganization, addToken, HOUR, newSecret, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { sweepSilentSecrets } from '../index.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
});
afterAll(() => Promise.all(closers.map((close) => close())));

let tokenId: string;
const from = { address: '192.0.2.7', client: 'terraform/1.9' };
const rotate = (cutWhenSilentMs: number | null) =>
  it.store.unitOfWork.run((tx) =>
    it.store.tokens.addSecret(tx, 'acme', tokenId, newSecret({ number: 2 }), {
      at: T0,
      acceptedUntil: T0 + 24 * HOUR,
      cutWhenSilentMs,
    }),
  );
const use = (secretNumber: number, at: number) =>
  it.store.tokens.recordUses([{ organizationId: 'acme', tokenId, secretNumber, at, ...from }]);
const firstUse = (at: number) => it.store.tokens.recordFirstUse('acme', tokenId, 2, at, from);
const acceptedUntil = async () =>
  (await it.store.tokens.find('acme', tokenId))?.secrets.find(({ number }) => number === 1)?.acceptedUntil;

beforeEach(async () => {
  ({ tokenId } = await addToken(it.store));
  // Nothing of the test before is due any more.
  await it.sql('update latchkey.secret set cut_when_silent_ms = null');
});

describe('confirm, then cut: a grace period ends early', () => {
  test('once the new secret is in use and the old one has been silent for the chosen time', async () => {
    await rotate(HOUR);
    await use(1, T0 + HOUR);
    await firstUse(T0 + HOUR / 2);
    expect(await sweepSilentSecrets(it.store, 100, T0 + 2 * HOUR - 1)).toBe(0);
    expect(await sweepSilentSecrets(it.store, 100, T0 + 2 * HOUR)).toBe(1);
    expect(await acceptedUntil()).toBe(T0 + 2 * HOUR);
    // Said again it is one effect (ONE-EFFECT), with its audit event and its change.
    expect(await sweepSilentSecrets(it.store, 100, T0 + 3 * HOUR)).toBe(0);
    const page = { filter: { targetId: tokenId }, limit: 10 };
    expect(await it.store.audit.list('acme', page)).toMatchObject([
      {
        action: 'token.grace_period_cut',
        actor: { type: 'worker', id: 'cut-silent-secrets' },
        details: { cut: [1], because: 'silent' },
      },
    ]);
    expect(await it.sql('select 1 from latchkey.change where subject_id = $1', [tokenId])).toHaveLength(1);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['nobody has used the new one', () => rotate(HOUR)],
    ['nobody chose a time', () => rotate(null).then(() => firstUse(T0))],
    ['the old one is still in use', () => rotate(HOUR).then(() => Promise.all([firstUse(T0), use(1, T0 + 9 * HOUR)]))],
  ])('not while %s', async (_, prepare) => {
    await prepare();
    expect(await sweepSilentSecrets(it.store, 100, T0 + 10 * HOUR - 1)).toBe(0);
    expect(await acceptedUntil()).toBe(T0 + 24 * HOUR);
  });

  test('once, however many sweep at the same time, and by the worker’s role', async () => {
    await rotate(HOUR);
    await firstUse(T0);
    const worker = await it.open('worker');
    const sweeps = await Promise.all(Array.from({ length: 6 }, () => sweepSilentSecrets(worker, 100, T0 + 5 * HOUR)));
    expect(sweeps.reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});

test('who still uses a superseded secret is found before its grace period ends', async () => {
  await rotate(null);
  const soon = { from: T0, to: T0 + 24 * HOUR, limit: 10 };
  const find = async (page = soon) =>
    (await it.store.tokens.listStillUsed('acme', page)).filter((each) => each.tokenId === tokenId);
  expect(await find()).toEqual([]);
  await use(1, T0 + HOUR);
  expect(await find()).toMatchObject([
    { secretNumber: 1, acceptedUntil: T0 + 24 * HOUR, lastUsedAt: T0 + HOUR, lastUsedAddress: '192.0.2.7' },
  ]);
  expect(await find({ ...soon, to: T0 + 24 * HOUR - 1 })).toEqual([]);
});

test('a late use is noted once an hour', async () => {
  const note = (now: number) => it.store.unitOfWork.run((tx) => it.store.tokens.noteLateUse(tx, 'acme', tokenId, now));
  expect(await note(T0)).toBe(true);
  expect(await note(T0 + HOUR)).toBe(false);
  expect(await note(T0 + HOUR + 1)).toBe(true);
});
