import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addOrganization, addToken, HOUR, newSecret, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { TokenRecord } from './token-record.ts';
import type { TokenPage, TokenSort } from './token-repository.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
  await addOrganization(it.store, 'beta');
  // Ties on purpose in every order: times and uses by threes, and some that have none.
  for (let i = 0; i < 23; i += 1) {
    const token = await addToken(it.store, {
      name: `${i % 2 === 0 ? 'Alpha' : 'alpha'} ${String(i).padStart(2, '0')}`,
      createdAt: T0 + Math.floor(i / 3) * HOUR,
      expiresAt: i % 4 === 0 ? null : T0 + Math.floor(i / 3) * HOUR + 1,
      kind: i % 5 === 0 ? 'service' : 'personal',
      ownerId: i % 5 === 0 ? null : `member-${i % 2}`,
      issuer: { type: 'member', id: `member-${i % 3}` },
    });
    if (i % 3 !== 0) await it.store.tokens.recordFirstUse('acme', token.tokenId, 1, T0 + Math.floor(i / 4));
  }
  await addToken(it.store, { organizationId: 'beta', name: 'Alpha of another organization' });
});
afterAll(() => Promise.all(closers.map((close) => close())));

const base = { filter: {}, sort: 'name', direction: 'asc', limit: 5, now: T0 } as const satisfies TokenPage;

const sortValueOf = (token: TokenRecord, sort: TokenSort) => token[sort];

const walk = async (page: TokenPage): Promise<readonly TokenRecord[]> => {
  const seen: TokenRecord[] = [];
  let after: TokenPage['after'];
  for (;;) {
    const tokens = await it.store.tokens.list('acme', { ...page, ...(after === undefined ? {} : { after }) });
    seen.push(...tokens);
    const last = tokens.at(-1);
    if (last === undefined || tokens.length < page.limit) return seen;
    after = { value: sortValueOf(last, page.sort), tokenId: last.tokenId };
  }
};

describe.each(['createdAt', 'name', 'expiresAt', 'lastUsedAt'] as const)('pages by %s', (sort) => {
  test.each(['asc', 'desc'] as const)(
    '%s show every token once, in order, those without a value last',
    async (direction) => {
      const all = await it.store.tokens.list('acme', { ...base, sort, direction, limit: 200 });
      expect(all).toHaveLength(23);
      const sign = direction === 'asc' ? 1 : -1;
      for (let i = 1; i < all.length; i += 1) {
        const [a, b] = [all[i - 1], all[i]] as [TokenRecord, TokenRecord];
        const [x, y] = [sortValueOf(a, sort), sortValueOf(b, sort)].map((v) =>
          typeof v === 'string' ? v.toLowerCase() : v,
        );
        if (x === y) expect(sign * (a.tokenId < b.tokenId ? -1 : 1)).toBe(-1);
        else if (x === null) expect.fail('a token without a value came before one with a value');
        else if (y !== null) expect(sign * ((x as number) < (y as number) ? -1 : 1)).toBe(-1);
      }
      for (const limit of [1, 2, 5, 7]) {
        const walked = await walk({ ...base, sort, direction, limit });
        expect(walked.map(({ tokenId }) => tokenId)).toEqual(all.map(({ tokenId }) => tokenId));
      }
    },
  );
});

const names = async (filter: TokenPage['filter'], now = T0) =>
  (await it.store.tokens.list('acme', { ...base, filter, limit: 200, now })).map(({ name }) => name);

test('filters by kind, owner, issuer and visibility', async () => {
  expect(await names({ kind: 'service' })).toHaveLength(5);
  expect(await names({ ownerId: 'member-1' })).toHaveLength(9);
  expect(await names({ issuerId: 'member-2' })).toHaveLength(7);
  const visible = await it.store.tokens.list('acme', { ...base, filter: { visibleTo: 'member-0' }, limit: 200 });
  expect(visible).toHaveLength(9);
  expect(visible.every((token) => token.kind === 'personal' && token.ownerId === 'member-0')).toBe(true);
  expect(await names({ visibleTo: 'member-0', issuerId: 'member-2', nameContains: '02' })).toEqual(['Alpha 02']);
});

test('a name is looked for without case, and % _ and \\ mean themselves', async () => {
  expect(await names({ nameContains: 'ALPHA 1' })).toHaveLength(10);
  for (const wild of ['%', '_', 'Alpha_0', '\\', 'alpha%']) expect(await names({ nameContains: wild })).toEqual([]);
  await addToken(it.store, { name: '100 %_\\ sure' });
  for (const literal of ['%', '_', '\\', '%_\\'])
    expect(await names({ nameContains: literal })).toEqual(['100 %_\\ sure']);
  await it.sql(
    `delete from latchkey.secret where token_id = (select token_id from latchkey.token where name like '100%')`,
  );
  await it.sql(`delete from latchkey.token where name like '100%'`);
});

test('CLOCK-EXPIRY: expired is read from the given time, nothing is stored', async () => {
  expect(await names({ status: 'expired' })).toEqual([]);
  expect(await names({ status: 'active' })).toHaveLength(23);
  const later = T0 + 3 * HOUR;
  const expired = await names({ status: 'expired' }, later);
  expect(expired).toHaveLength(6);
  expect(await names({ status: 'active' }, later)).toHaveLength(17);
  // At the very instant it is over.
  expect(await names({ status: 'expired' }, T0 + 1)).toEqual(['alpha 01', 'Alpha 02']);
});

test('CLOCK-EXPIRY: by whatever it is sorted, a filter shows the same tokens, page by page', async () => {
  const now = T0 + 3 * HOUR;
  const all = await it.store.tokens.list('acme', { ...base, limit: 200, now });
  const fits = {
    active: ({ expiresAt }: TokenRecord) => expiresAt === null || expiresAt > now,
    expired: ({ expiresAt }: TokenRecord) => expiresAt !== null && expiresAt <= now,
    inactive: () => false,
  };
  for (const [status, fit] of Object.entries(fits)) {
    const expected = all.filter(fit).map(({ tokenId }) => tokenId);
    for (const sort of ['createdAt', 'name', 'expiresAt', 'lastUsedAt'] as const) {
      for (const direction of ['asc', 'desc'] as const) {
        const page = { ...base, filter: { status: status as keyof typeof fits }, sort, direction, limit: 4, now };
        const walked = (await walk(page)).map(({ tokenId }) => tokenId);
        expect([status, sort, direction, walked.toSorted()]).toEqual([status, sort, direction, expected.toSorted()]);
      }
    }
  }
});

test('revoked tokens show only when they are asked for', async () => {
  const token = await addToken(it.store, { name: 'gone' });
  const inactive = await addToken(it.store, { name: 'stopped' });
  await it.store.unitOfWork.run(async (tx) => {
    await it.store.tokens.update(tx, 'acme', token.tokenId, 1, { state: 'revoked', revokedAt: T0 });
    await it.store.tokens.update(tx, 'acme', inactive.tokenId, 1, {
      state: 'inactive',
      deactivatedAt: T0,
      deactivatedBecause: 'asked',
    });
  });
  expect(await names({ nameContains: 'gone' })).toEqual([]);
  expect(await names({ status: 'revoked' })).toEqual(['gone']);
  expect(await names({ status: 'inactive' })).toEqual(['stopped']);
  expect(await names({ status: 'active' })).not.toContain('stopped');
});

test('a page brings the secrets that aren’t spent, the newest first, and no digest', async () => {
  const token = await addToken(it.store, { name: 'rotated' });
  await it.store.unitOfWork.run((tx) =>
    it.store.tokens.addSecret(tx, 'acme', token.tokenId, newSecret({ number: 2 }), {
      at: T0,
      acceptedUntil: T0 + HOUR,
    }),
  );
  const [found] = await it.store.tokens.list('acme', { ...base, filter: { nameContains: 'rotated' } });
  expect(found?.secrets.map(({ number, acceptedUntil }) => [number, acceptedUntil])).toEqual([
    [2, null],
    [1, T0 + HOUR],
  ]);
  expect(Object.keys(found?.secrets[0] ?? {})).not.toContain('digest');
});
