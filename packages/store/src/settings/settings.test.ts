import { defaultSettings } from '@latchkey/core/lifecycle';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addOrganization, addToken, HOUR, newSecret, newToken, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { gate, untilWaiting } from '../../test/until-waiting.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  for (const organizationId of ['acme', 'beta', 'gamma']) await addOrganization(it.store, organizationId);
});
afterAll(() => Promise.all(closers.map((close) => close())));

describe('settings', () => {
  test('are the defaults until something is chosen, and each organization has its own', async () => {
    expect(await it.store.settings.find('acme')).toEqual({ settings: defaultSettings, revision: 0 });
    await it.store.unitOfWork.run(async (tx) => {
      expect(await it.store.settings.lockForUpdate(tx, 'acme')).toEqual({ settings: defaultSettings, revision: 0 });
      await it.store.settings.save(tx, 'acme', { ...defaultSettings, idleDays: 30 });
    });
    expect(await it.store.settings.find('acme')).toMatchObject({ settings: { idleDays: 30 }, revision: 1 });
    expect(await it.store.settings.find('beta')).toEqual({ settings: defaultSettings, revision: 0 });
    await expect(it.store.settings.find('nowhere')).rejects.toThrow(/no organization/);
  });

  test('of a field that is stored nowhere yet are the defaults', async () => {
    await it.sql(`insert into latchkey.settings values ('gamma', '{"idleDays": 7, "ofTomorrow": true}', 1)`);
    expect((await it.store.settings.find('gamma')).settings).toMatchObject({ ...defaultSettings, idleDays: 7 });
  });

  test('hold still for whoever judges by them', async () => {
    const held = gate();
    const judged = gate();
    const judging = it.store.unitOfWork.run(async (tx) => {
      await it.store.settings.lockForShare(tx, 'beta');
      judged.resolve();
      await held.promise;
    });
    await judged.promise;
    const order: string[] = [];
    const changing = it.store.unitOfWork
      .run(async (tx) => it.store.settings.lockForUpdate(tx, 'beta'))
      .then(() => order.push('changed'));
    await untilWaiting(it.sql);
    order.push('judged');
    held.resolve();
    await Promise.all([judging, changing]);
    expect(order).toEqual(['judged', 'changed']);
  });

  test('that limit tokens are counted by one after the other', async () => {
    const insert = async () => {
      await it.store.unitOfWork.run(async (tx) => {
        const { ofMember } = await it.store.settings.countTokens(tx, 'beta', 'lim');
        if (ofMember >= 3) throw new Error('full');
        const token = newToken({ organizationId: 'beta', ownerId: 'lim' });
        await it.store.tokens.insert(tx, token, token.name.toLowerCase(), newSecret());
      });
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, insert));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });
});

test('tokens that would not be issued under some settings are listed, each with its reasons', async () => {
  const DAY = 24 * HOUR;
  const add = (name: string, given = {}) => addToken(it.store, { name, createdAt: T0, ...given });
  await add('never expires');
  await add('long', { expiresAt: T0 + 40 * DAY, addressRanges: ['192.0.2.0/25', '192.0.2.128/26'] });
  await add('short', { expiresAt: T0 + 5 * DAY, addressRanges: ['192.0.2.7', '2001:db8::/48'] });
  await add('service', { kind: 'service', addressRanges: ['198.51.100.0/24'] });
  await add('expired', { expiresAt: T0 + 1 });
  const list = (settings: object, limit = 10) =>
    it.store.settings.listOutOfBounds('acme', { ...defaultSettings, ...settings }, limit, T0 + 2 * DAY);
  const named = async (settings: object) =>
    (await list(settings)).tokens.map(({ name, because }) => [name, ...because].join(' '));
  expect(await named({})).toEqual([]);
  expect(await named({ expiryDemanded: { personal: true, service: false } })).toEqual(['never expires expiry_missing']);
  expect((await named({ maxLifetimeDays: { personal: 30, service: 10 } })).sort()).toEqual([
    'long lifetime',
    'never expires expiry_missing',
    'service expiry_missing',
  ]);
  expect((await named({ addressRanges: ['192.0.2.0/24', '2001:db8::/32'] })).sort()).toEqual([
    'never expires address',
    'service address',
  ]);
  expect(await named({ idleDays: 3 })).toEqual([]);
  const idle = await list({ idleDays: 1 }, 2);
  expect([idle.tokens.length, idle.total]).toEqual([2, 4]);
  expect(await it.store.settings.listOverLimit('acme', 2, 10)).toEqual([{ memberId: 'ada', count: 4 }]);
  expect(await it.store.settings.listOverLimit('acme', 4, 10)).toEqual([]);
});
