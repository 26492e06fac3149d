import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganization, addToken, newSecret, newToken, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { gate, untilWaiting } from '../../test/until-waiting.ts';
import { NameTaken, RevisionConflict } from './token-repository.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
});
afterAll(() => Promise.all(closers.map((close) => close())));

test('of twenty parallel inserts of one name one wins', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => addToken(it.store, { name: i % 2 === 0 ? 'Race' : 'RACE' })),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(NameTaken);
  expect(await it.sql(`select 1 from latchkey.token where name_key = 'race'`)).toHaveLength(1);
});

test('a refused name leaves the transaction alive: what else it did is committed', async () => {
  const taken = await addToken(it.store);
  const token = await it.store.unitOfWork.run(async (tx) => {
    const again = newToken({ name: taken.name });
    await expect(it.store.tokens.insert(tx, again, taken.name.toLowerCase(), newSecret())).rejects.toThrow(NameTaken);
    return it.store.tokens.insert(tx, { ...again, name: 'Another' }, 'another', newSecret());
  });
  expect(await it.store.tokens.find('acme', token.tokenId)).toMatchObject({ name: 'Another' });
});

test('a renaming onto a taken name is refused, and the name of a revoked token is free again', async () => {
  const one = await addToken(it.store, { name: 'One' });
  const two = await addToken(it.store, { name: 'Two' });
  const rename = () =>
    it.store.unitOfWork.run((tx) =>
      it.store.tokens.update(tx, 'acme', two.tokenId, 1, { name: 'ONE', nameKey: 'one' }),
    );
  await expect(rename()).rejects.toThrow(NameTaken);
  await it.store.unitOfWork.run((tx) =>
    it.store.tokens.update(tx, 'acme', one.tokenId, 1, { state: 'revoked', revokedAt: T0 }),
  );
  expect(await rename()).toMatchObject({ name: 'ONE', revision: 2 });
  expect(await it.store.tokens.isNameTaken('acme', 'one')).toBe(true);
  // Without a key the store makes it itself: a name and its key can't part.
  await it.store.unitOfWork.run((tx) => it.store.tokens.update(tx, 'acme', two.tokenId, 2, { name: 'Ｅins' }));
  expect(await it.store.tokens.isNameTaken('acme', 'eins')).toBe(true);
});

test('ONE-ROTATION: a row found for update is held until its transaction ends, and the next one sees what it did', async () => {
  const token = await addToken(it.store);
  const held = gate();
  const locked = gate();
  const rotate = async (number: number, wait: Promise<void>) =>
    it.store.unitOfWork.run(async (tx) => {
      const found = await it.store.tokens.findForUpdate('acme', token.tokenId, tx);
      locked.resolve();
      await wait;
      if (found?.secrets[0]?.number !== number - 1) return 'lost';
      const secret = newSecret({ number });
      await it.store.tokens.addSecret(tx, 'acme', token.tokenId, secret, { at: T0, acceptedUntil: T0 + 1 });
      return 'won';
    });
  const first = rotate(2, held.promise);
  await locked.promise;
  const second = rotate(2, Promise.resolve());
  await untilWaiting(it.sql);
  held.resolve();
  expect([await first, await second]).toEqual(['won', 'lost']);
  expect((await it.store.tokens.find('acme', token.tokenId))?.secrets).toHaveLength(2);
});

test('findForUpdate brings the digests that a revocation replaces, find does not', async () => {
  const digest = randomBytes(32);
  const token = await addToken(it.store, {}, { digest });
  const found = await it.store.unitOfWork.run((tx) => it.store.tokens.findForUpdate('acme', token.tokenId, tx));
  expect(found?.secrets[0]?.digest).toEqual(digest);
  expect(JSON.stringify(await it.store.tokens.find('acme', token.tokenId))).not.toContain('digest');
});

test('ONE-EFFECT: a worker that waited for another one’s slice takes the next one, and does not say that nothing is left', async () => {
  for (let i = 0; i < 4; i += 1) await addToken(it.store, { ownerId: 'leaver' });
  const slice = (wait: Promise<void>, taken: () => void = () => undefined) =>
    it.store.unitOfWork.run(async (tx) => {
      const tokens = await it.store.tokens.deactivateForRemovedOwner(tx, 'acme', 'leaver', 2, T0);
      taken();
      await wait;
      return tokens.map(({ tokenId }) => tokenId);
    });
  const held = gate();
  const taken = gate();
  const first = slice(held.promise, taken.resolve);
  await taken.promise;
  const second = slice(Promise.resolve());
  await untilWaiting(it.sql);
  held.resolve();
  expect(new Set([...(await first), ...(await second)]).size).toBe(4);
  expect(await slice(Promise.resolve())).toEqual([]);
});

test('a token that acts holds off its own revocation until its transaction ends', async () => {
  const token = await addToken(it.store);
  const acting = gate();
  const locked = gate();
  const order: string[] = [];
  const act = it.store.unitOfWork.run(async (tx) => {
    expect(await it.store.tokens.lockForShare('acme', token.tokenId, tx)).toMatchObject({ token: { state: 'active' } });
    locked.resolve();
    await acting.promise;
    order.push('acted');
  });
  await locked.promise;
  const revoke = it.store.unitOfWork
    .run((tx) => it.store.tokens.update(tx, 'acme', token.tokenId, 1, { state: 'revoked', revokedAt: T0 }))
    .then(() => order.push('revoked'));
  await untilWaiting(it.sql);
  acting.resolve();
  await Promise.all([act, revoke]);
  expect(order).toEqual(['acted', 'revoked']);
});

test('a token that waited for its own revocation finds itself revoked', async () => {
  const token = await addToken(it.store);
  const revoking = gate();
  const written = gate();
  const revoke = it.store.unitOfWork.run(async (tx) => {
    await it.store.tokens.update(tx, 'acme', token.tokenId, 1, { state: 'revoked', revokedAt: T0 });
    written.resolve();
    await revoking.promise;
  });
  await written.promise;
  const act = it.store.unitOfWork.run((tx) => it.store.tokens.lockForShare('acme', token.tokenId, tx));
  await untilWaiting(it.sql);
  revoking.resolve();
  await revoke;
  expect(await act).toMatchObject({ token: { state: 'revoked', revokedAt: T0 } });
});

test('of two changes of one revision one wins', async () => {
  const token = await addToken(it.store);
  const change = (description: string) =>
    it.store.unitOfWork.run((tx) => it.store.tokens.update(tx, 'acme', token.tokenId, 1, { description }));
  const outcomes = await Promise.allSettled([change('a'), change('b')]);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused).toHaveLength(1);
  expect(refused[0]?.reason).toBeInstanceOf(RevisionConflict);
});

test('the first use of a secret is recorded once, by one of many', async () => {
  const token = await addToken(it.store);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, i) => it.store.tokens.recordFirstUse('acme', token.tokenId, 1, T0 + i)),
  );
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  const winner = T0 + outcomes.indexOf(true);
  const found = await it.store.tokens.find('acme', token.tokenId);
  expect(found?.secrets[0]).toMatchObject({ firstUsedAt: winner, lastUsedAt: winner });
  expect(found?.lastUsedAt).toBe(winner);
});

test('ONE-ROTATION: a secret that was replaced because nobody had used it has no first use any more', async () => {
  const token = await addToken(it.store);
  const spent = { number: 1, digest: new Uint8Array(32) };
  const spending = it.store.unitOfWork.run(async (tx) => {
    expect(await it.store.tokens.spendUnused(tx, 'acme', token.tokenId, spent)).toBe(true);
    // It waits for the row, and finds it spent.
    const using = it.store.tokens.recordFirstUse('acme', token.tokenId, 1, T0);
    return { using };
  });
  expect(await (await spending).using).toBe(false);
  const found = await it.store.tokens.lookUp(token.tokenId);
  expect(found?.secrets[0]).toMatchObject({ spent: true, firstUsedAt: null });
});

test('the first use of a secret waits for nobody who holds the token’s row', async () => {
  const token = await addToken(it.store);
  await it.store.unitOfWork.run(async (tx) => {
    await it.store.tokens.findForUpdate('acme', token.tokenId, tx);
    expect(await it.store.tokens.recordFirstUse('acme', token.tokenId, 1, T0)).toBe(true);
  });
});
