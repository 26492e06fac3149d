import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addOrganization, addToken, HOUR, newSecret, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { NewToken, OpenStore, ReminderPage, ReminderScan } from '../index.ts';

const DAY = 24 * HOUR;
let it: TestStore;
let worker: OpenStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  worker = await it.open('worker');
  for (const organizationId of ['acme', 'beta']) await addOrganization(it.store, organizationId);
});
afterAll(() => Promise.all(closers.map((close) => close())));
beforeEach(async () => {
  await it.sql('delete from latchkey.reminder');
  await it.sql('delete from latchkey.secret');
  await it.sql('delete from latchkey.token');
  await it.sql('delete from latchkey.owner_gate');
});

const scan = (now: number, given: Partial<ReminderScan> = {}): ReminderScan => ({
  organizationId: 'acme',
  thresholdDays: 30,
  channels: ['console', 'mail'],
  after: null,
  limit: 100,
  now,
  ...given,
});
const expiry = (now: number, thresholdDays = 30, nearerDays = 7, given: Partial<ReminderScan> = {}) =>
  worker.unitOfWork.run((tx) =>
    worker.reminders.remindOfExpiry(tx, { ...scan(now, { thresholdDays, ...given }), nearerDays }),
  );
const rotation = (now: number) =>
  worker.unitOfWork.run((tx) => worker.reminders.remindOfRotation(tx, scan(now, { thresholdDays: 90 })));
const add = (given: Partial<NewToken> = {}) => addToken(it.store, { createdAt: T0, ...given });
const told = ({ made }: ReminderPage) => made.map(({ tokenId, channel }) => `${tokenId} ${channel}`).sort();

describe('ONE-REMINDER: of an expiry', () => {
  test('there is one for each token, threshold and channel', async () => {
    const { tokenId } = await add({ expiresAt: T0 + 60 * DAY });
    await add({ expiresAt: T0 + 90 * DAY });
    await add({ expiresAt: null });
    expect(told(await expiry(T0 + 29 * DAY))).toEqual([]);
    expect(told(await expiry(T0 + 30 * DAY))).toEqual([`${tokenId} console`, `${tokenId} mail`]);
    expect(told(await expiry(T0 + 31 * DAY))).toEqual([]);
    // The next threshold is another reminder.
    expect(told(await expiry(T0 + 53 * DAY, 7, 1))).toHaveLength(2);
    expect(told(await expiry(T0 + 54 * DAY, 7, 1))).toEqual([]);
  });

  test('many workers at once make it once', async () => {
    for (let count = 0; count < 20; count += 1) await add({ expiresAt: T0 + 60 * DAY });
    const pages = await Promise.all(Array.from({ length: 6 }, () => expiry(T0 + 40 * DAY)));
    expect(pages.flatMap(told)).toHaveLength(40);
    expect(new Set(pages.flatMap(told)).size).toBe(40);
  });

  test('an expiry that was moved is another matter', async () => {
    const token = await add({ expiresAt: T0 + 60 * DAY });
    await expiry(T0 + 40 * DAY);
    await it.store.unitOfWork.run((tx) =>
      it.store.tokens.update(tx, 'acme', token.tokenId, token.revision, { expiresAt: T0 + 100 * DAY }),
    );
    expect(told(await expiry(T0 + 41 * DAY))).toEqual([]);
    expect(told(await expiry(T0 + 80 * DAY))).toHaveLength(2);
  });

  test('a token that was issued within the threshold is left to the nearer ones', async () => {
    await add({ expiresAt: T0 + 10 * DAY });
    expect(told(await expiry(T0))).toEqual([]);
    expect(told(await expiry(T0 + 3 * DAY, 7, 1))).toHaveLength(2);
  });

  test('nobody is told of what is revoked, inactive, ended, another organization’s, or of a removed member', async () => {
    const given = { expiresAt: T0 + 60 * DAY } as const;
    const [revoked, inactive] = [await add(given), await add(given)];
    const change = (tokenId: string, to: object) =>
      it.store.unitOfWork.run((tx) => it.store.tokens.update(tx, 'acme', tokenId, 1, to));
    await change(revoked.tokenId, { state: 'revoked', revokedAt: T0 });
    await change(inactive.tokenId, { state: 'inactive', deactivatedAt: T0, deactivatedBecause: 'asked' });
    await add({ ...given, organizationId: 'beta' });
    await add({ ...given, ownerId: 'leaver' });
    await it.store.unitOfWork.run((tx) => it.store.ownerGates.close(tx, 'acme', 'leaver', T0));
    expect(told(await expiry(T0 + 40 * DAY))).toEqual([]);
    await add(given);
    expect(told(await expiry(T0 + 60 * DAY))).toEqual([]);
  });

  test('pages go on where the last one ended, whether its tokens were due or not', async () => {
    for (let count = 0; count < 25; count += 1) {
      await add({ expiresAt: T0 + 60 * DAY + Math.floor(count / 3), createdAt: count % 2 === 0 ? T0 : T0 + 59 * DAY });
    }
    const made: string[] = [];
    let pageCount = 0;
    for (let after: ReminderScan['after'] = null; ; ) {
      const page: ReminderPage = await expiry(T0 + 40 * DAY, 30, 7, { after, limit: 4 });
      made.push(...told(page));
      pageCount += 1;
      if (page.next === null) break;
      after = page.next;
    }
    expect(pageCount).toBe(7);
    expect(made).toHaveLength(26);
  });
});

describe('of a secret that has grown old', () => {
  test('there is one for each secret, and none once it was rotated', async () => {
    const { tokenId } = await add();
    expect(told(await rotation(T0 + 89 * DAY))).toEqual([]);
    expect(told(await rotation(T0 + 90 * DAY))).toEqual([`${tokenId} console`, `${tokenId} mail`]);
    expect(told(await rotation(T0 + 91 * DAY))).toEqual([]);
    await it.store.unitOfWork.run((tx) =>
      it.store.tokens.addSecret(tx, 'acme', tokenId, newSecret({ number: 2, createdAt: T0 + 92 * DAY }), {
        at: T0 + 92 * DAY,
        acceptedUntil: T0 + 93 * DAY,
      }),
    );
    expect(told(await rotation(T0 + 95 * DAY))).toEqual([]);
    expect(told(await rotation(T0 + 182 * DAY))).toHaveLength(2);
  });
});

describe('a reminder that is to be delivered', () => {
  const mailOf = async (now: number) => {
    const mail = (await expiry(now, 30, 7, { channels: ['mail'] })).made.find(({ channel }) => channel === 'mail');
    if (mail === undefined) throw new Error('there is no reminder by mail');
    return mail;
  };
  const now = T0 + 40 * DAY;

  test('is taken by one, says what is about to break, and is delivered once', async () => {
    const { tokenId } = await add({ name: 'deploy', expiresAt: T0 + 60 * DAY });
    const used = { address: '192.0.2.7', client: 'terraform/1.9' };
    await it.store.tokens.recordUses([{ organizationId: 'acme', tokenId, secretNumber: 1, at: T0 + DAY, ...used }]);
    const mail = await mailOf(now);
    const claims = await Promise.all([1, 2, 3].map(() => worker.reminders.claim(mail, now, HOUR)));
    expect(claims.filter((claim) => claim === 'busy')).toHaveLength(2);
    expect(claims.find((claim) => claim !== 'busy')).toEqual({
      ...mail,
      name: 'deploy',
      tokenKind: 'personal',
      memberId: 'ada',
      expiresAt: T0 + 60 * DAY,
      lastUsedAt: T0 + DAY,
      lastUsedAddress: '192.0.2.7',
      lastUsedClient: 'terraform/1.9',
    });
    // Whoever had it is gone: another one takes it up once the claim is over.
    expect(await worker.reminders.claim(mail, now + HOUR - 1, HOUR)).toBe('busy');
    expect(await worker.reminders.claim(mail, now + HOUR, HOUR)).toMatchObject({ tokenId });
    await worker.reminders.settle(mail, 'sent', now);
    expect(await worker.reminders.claim(mail, now + 9 * HOUR, HOUR)).toBeNull();
    expect(await worker.reminders.lag(now)).toEqual({ count: 0, oldestMs: 0 });
  });

  test.each<[string, (tokenId: string, revision: number) => Promise<unknown>]>([
    [
      'revoked',
      (id) => it.sql(`update latchkey.token set state = 'revoked', revoked_at = now() where token_id = $1`, [id]),
    ],
    [
      'extended',
      (id) => it.sql(`update latchkey.token set expires_at = expires_at + interval '1 d' where token_id = $1`, [id]),
    ],
    [
      'its owner’s who was removed',
      () => it.store.unitOfWork.run((tx) => it.store.ownerGates.close(tx, 'acme', 'bob', T0)),
    ],
  ])('is pointless once the token is %s', async (_, happen) => {
    const { tokenId, revision } = await add({ ownerId: 'bob', expiresAt: T0 + 60 * DAY });
    const mail = await mailOf(now);
    await happen(tokenId, revision);
    expect(await worker.reminders.claim(mail, now, HOUR)).toBeNull();
    expect(await it.sql(`select settled_as from latchkey.reminder where channel = 'mail'`)).toEqual([
      { settled_as: 'pointless' },
    ]);
    expect((await worker.reminders.lag(now)).count).toBe(0);
  });
});

describe('ONE-REMINDER: of the end of a grace period', () => {
  const grace = (now: number) => worker.unitOfWork.run((tx) => worker.reminders.remindOfGraceEnd(tx, scan(now)));
  /** Rotated at T0 with 24 hours of grace, the older secret used so many hours later, or never since. */
  const addRotated = async (usedAfterHours: number | null, given: Partial<NewToken> = {}) => {
    const { tokenId } = await addToken(it.store, { createdAt: T0 - DAY, ...given });
    await it.sql(
      `update latchkey.secret set superseded_at = $2, accepted_until = $3, last_used_at = $4, last_used_address = '192.0.2.9',
         last_used_client = 'old-job' where token_id = $1`,
      [
        tokenId,
        new Date(T0),
        new Date(T0 + DAY),
        usedAfterHours === null ? null : new Date(T0 + usedAfterHours * HOUR),
      ],
    );
    // The new secret is used too, later than the old one: it is not what the warning is about.
    await it.sql(
      `insert into latchkey.secret (organization_id, token_id, number, digest, pepper_id, tag_key_id, hint, created_at,
         first_used_at, last_used_at, last_used_address)
       values ('acme', $1, 2, decode(repeat('cd', 32), 'hex'), 'p', 't', 'hint', $2, $3, $3, '198.51.100.1')`,
      [tokenId, new Date(T0), new Date(T0 + 23 * HOUR)],
    );
    return tokenId;
  };

  test('is told once, in the last quarter, where the older secret was used in the second half', async () => {
    const used = await addRotated(13);
    await addRotated(11);
    await addRotated(null);
    expect(told(await grace(T0 + 18 * HOUR - 1))).toEqual([]);
    const pages = await Promise.all([1, 2, 3].map(() => grace(T0 + 18 * HOUR)));
    expect(pages.flatMap(told).sort()).toEqual([`${used} console`, `${used} mail`]);
    expect(told(await grace(T0 + 20 * HOUR))).toEqual([]);
  });

  test('says from where the older secret was used, and nothing once it is refused or the token has ended', async () => {
    const ids = [await addRotated(20), await addRotated(20), await addRotated(20), await addRotated(20)] as const;
    const [told, cut, revoked] = ids;
    const { made } = await grace(T0 + 20 * HOUR);
    const mail = (tokenId: string) => {
      const name = made.find((each) => each.tokenId === tokenId && each.channel === 'mail');
      if (name === undefined) throw new Error('no reminder');
      return name;
    };
    await it.sql('update latchkey.secret set accepted_until = $2 where token_id = $1 and number = 1', [
      cut,
      new Date(T0 + 19 * HOUR),
    ]);
    await it.sql(`update latchkey.token set state = 'revoked', revoked_at = $2 where token_id = $1`, [
      revoked,
      new Date(T0),
    ]);
    expect(await worker.reminders.claim(mail(told), T0 + 20 * HOUR, HOUR)).toMatchObject({
      kind: 'grace',
      anchor: T0 + DAY,
      lastUsedAt: T0 + 20 * HOUR,
      lastUsedAddress: '192.0.2.9',
      lastUsedClient: 'old-job',
    });
    expect(await worker.reminders.claim(mail(cut), T0 + 20 * HOUR, HOUR)).toBeNull();
    expect(await worker.reminders.claim(mail(revoked), T0 + 20 * HOUR, HOUR)).toBeNull();
    expect(await worker.reminders.claim(mail(ids[3]), T0 + DAY, HOUR)).toBeNull();
  });

  test('nobody is told of what was refused before it was looked for', async () => {
    await addRotated(20, { expiresAt: T0 + 19 * HOUR });
    const stopped = await addRotated(20);
    await it.sql(
      `update latchkey.token set state = 'inactive', deactivated_at = now(), deactivated_because = 'asked' where token_id = $1`,
      [stopped],
    );
    await addRotated(20);
    expect(told(await grace(T0 + DAY))).toEqual([]);
    expect(told(await grace(T0 + DAY - 1))).toHaveLength(2);
  });
});
