import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addOrganization, addToken, HOUR, newSecret, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { gate, untilWaiting } from '../../test/until-waiting.ts';
import type { IdempotencyScope } from './idempotency-keys.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
});
afterAll(() => Promise.all(closers.map((close) => close())));

const digest = (input: string) => createHash('sha256').update(input).digest();
const scope = (key: string, given: Partial<IdempotencyScope> = {}): IdempotencyScope => ({
  organizationId: 'acme',
  actor: { type: 'member', id: 'ada' },
  procedure: 'tokens.issue',
  key,
  ...given,
});
const claim = (by: IdempotencyScope, input = 'input', now = T0) =>
  it.store.unitOfWork.run((tx) => it.store.idempotencyKeys.claim(tx, by, digest(input), now));

describe('an idempotency key', () => {
  test('is the first once, and tells the next one what was kept', async () => {
    await it.store.unitOfWork.run(async (tx) => {
      expect(await it.store.idempotencyKeys.claim(tx, scope('once'), digest('input'), T0)).toEqual({
        outcome: 'first',
      });
      await it.store.idempotencyKeys.keep(tx, scope('once'), { secretNumber: 1 });
    });
    const again = await claim(scope('once'), 'another');
    expect(again).toMatchObject({ outcome: 'repeated', kept: { secretNumber: 1 } });
    expect(again.outcome === 'repeated' && Buffer.from(again.digest)).toEqual(digest('input'));
  });

  test.each<[string, Partial<IdempotencyScope>]>([
    ['another organization', { organizationId: 'globex' }],
    ['another actor', { actor: { type: 'member', id: 'bob' } }],
    ['a token with the id of a member', { actor: { type: 'token', id: 'ada' } }],
    ['another procedure', { procedure: 'tokens.rotate' }],
  ])('of %s is another key', async (name, given) => {
    await claim(scope(name));
    expect(await claim(scope(name, given))).toEqual({ outcome: 'first' });
    expect(await claim(scope(name))).toMatchObject({ outcome: 'repeated' });
  });

  test('that is taken at the same time waits: for a commit to repeat it, for a rollback to be the first', async () => {
    for (const ends of ['commit', 'rollback'] as const) {
      const taken = gate();
      const end = gate();
      const first = it.store.unitOfWork.run(async (tx) => {
        await it.store.idempotencyKeys.claim(tx, scope(ends), digest('input'), T0);
        await it.store.idempotencyKeys.keep(tx, scope(ends), { by: 'first' });
        taken.resolve();
        await end.promise;
        if (ends === 'rollback') throw new Error('rolled back');
      });
      const firstEnds = first.catch(() => undefined);
      await taken.promise;
      const second = claim(scope(ends));
      await untilWaiting(it.sql);
      end.resolve();
      await firstEnds;
      expect((await second).outcome).toBe(ends === 'commit' ? 'repeated' : 'first');
    }
  });

  test('ends after 24 hours, to the millisecond', async () => {
    await claim(scope('day'));
    expect((await claim(scope('day'), 'input', T0 + 24 * HOUR)).outcome).toBe('repeated');
    expect((await claim(scope('day'), 'input', T0 + 24 * HOUR + 1)).outcome).toBe('first');
  });

  test('is one of 2,000 that an actor may have; a day later there is room again', async () => {
    await it.sql(
      `insert into latchkey.idempotency_key
       select 'acme', 'member', 'eager', 'tokens.issue', n::text, $1, 'null', $2 from generate_series(1, 2000) n`,
      [digest('input'), new Date(T0)],
    );
    const eager = (key: string) => scope(key, { actor: { type: 'member', id: 'eager' } });
    expect(await claim(eager('one more'))).toEqual({ outcome: 'too_many', until: T0 + 24 * HOUR });
    expect((await claim(eager('2000'))).outcome).toBe('repeated');
    expect((await claim(eager('the day after'), 'input', T0 + 25 * HOUR)).outcome).toBe('first');
  });

  test('is tidied by the worker too, which sees nobody’s answer', async () => {
    const worker = await it.open('worker');
    expect(await worker.idempotencyKeys.removeExpired(10_000, T0 + 50 * HOUR)).toBeGreaterThan(1_000);
    expect(await it.sql('select 1 from latchkey.idempotency_key')).toEqual([]);
    const answers = it
      .open('worker')
      .then((store) => store.entityManager().execute('select kept from latchkey.idempotency_key'));
    await expect(answers).rejects.toThrow(/permission denied/);
  });
});

test('a secret is spent unused or not at all: a first use that came before it is found', async () => {
  const spend = (tokenId: string) =>
    it.store.unitOfWork.run((tx) =>
      it.store.tokens.spendUnused(tx, 'acme', tokenId, { number: 1, digest: digest('spent') }),
    );
  const used = await addToken(it.store, {}, newSecret());
  await it.store.tokens.recordFirstUse('acme', used.tokenId, 1, T0);
  expect(await spend(used.tokenId)).toBe(false);
  const unused = await addToken(it.store, {}, newSecret());
  expect(await spend(unused.tokenId)).toBe(true);
  expect(await spend(unused.tokenId)).toBe(false);
});
