import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addOrganization, addToken, frozen, HOUR, newSecret, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { RevisionConflict } from './token-repository.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
});
afterAll(() => Promise.all(closers.map((close) => close())));

const refused = { code: '23514' };

/** As the superuser: whom no grant stops. */
const write = (tokenId: string, assignment: string) =>
  it.sql(`update latchkey.token set ${assignment} where token_id = $1 returning 1`, [tokenId]);

const revoke = (tokenId: string) => write(tokenId, `state = 'revoked', revoked_at = now()`);

describe('TERMINAL', () => {
  test.each([
    `state = 'active', revoked_at = null`,
    `state = 'inactive', revoked_at = null, deactivated_at = now(), deactivated_because = 'asked'`,
    `state = 'pending', revoked_at = null`,
    `state = 'active'`,
    'revoked_at = null',
    `revoked_at = revoked_at + interval '1 day'`,
  ])('a revoked token refuses: %s', async (assignment) => {
    const { tokenId } = await addToken(it.store);
    await revoke(tokenId);
    await expect(write(tokenId, assignment)).rejects.toMatchObject(refused);
    expect(await write(tokenId, `description = 'kept for the audit trail'`)).toHaveLength(1);
  });

  test('through the repository neither', async () => {
    const { tokenId } = await addToken(it.store);
    await revoke(tokenId);
    await expect(
      it.store.unitOfWork.run((tx) => it.store.tokens.update(tx, 'acme', tokenId, 1, { state: 'active' })),
    ).rejects.toMatchObject(refused);
  });

  test('a token whose owner was removed can be revoked and nothing else', async () => {
    const { tokenId } = await addToken(it.store);
    await write(tokenId, `state = 'inactive', deactivated_at = now(), deactivated_because = 'owner_removed'`);
    for (const assignment of [
      `state = 'active'`,
      `state = 'active', deactivated_at = null, deactivated_because = null`,
      `deactivated_because = 'asked'`,
    ]) {
      await expect(write(tokenId, assignment)).rejects.toMatchObject(refused);
    }
    expect(await revoke(tokenId)).toHaveLength(1);
  });

  test('marks only grow', async () => {
    await it.sql('update latchkey.installation set mark = 5');
    await expect(it.sql('update latchkey.installation set mark = 4')).rejects.toMatchObject(refused);
    await it.sql(`update latchkey.organization set mark = 5`);
    await expect(it.sql(`update latchkey.organization set mark = 0`)).rejects.toMatchObject(refused);
    await it.sql(`insert into latchkey.owner_gate values ('acme', 'eve', now(), 3)`);
    await expect(it.sql(`update latchkey.owner_gate set mark = 2`)).rejects.toMatchObject(refused);
    // A return opens the gate under a greater mark, or not at all.
    await expect(it.sql('update latchkey.owner_gate set closed_at = null')).rejects.toMatchObject(refused);
    await it.sql('update latchkey.owner_gate set closed_at = null, mark = 4');
  });
});

describe('FROZEN-SERVICE', () => {
  test('the permissions of a service token can’t be written', async () => {
    const { tokenId } = await addToken(it.store, { kind: 'service' });
    for (const permissions of [
      { ...frozen, policies: [] },
      { ...frozen, attributes: { region: ['*'] } },
    ]) {
      const text = JSON.stringify(permissions);
      await expect(write(tokenId, `permissions = '${text}'`)).rejects.toMatchObject(refused);
    }
    // The same statements in another order of keys have other bytes, and so another digest.
    const { type, ...rest } = frozen;
    await expect(write(tokenId, `permissions = '${JSON.stringify({ ...rest, type })}'`)).rejects.toMatchObject(refused);
    expect(await write(tokenId, `permissions = '${JSON.stringify(frozen)}', name = 'x', name_key = 'x'`)).toHaveLength(
      1,
    );
  });

  test('the repository changes the permissions of personal tokens only', async () => {
    const service = await addToken(it.store, { kind: 'service' });
    const personal = await addToken(it.store);
    const personalPermissions = { type: 'policies', policyIds: ['p1'] } as const;
    const change = (tokenId: string) =>
      it.store.unitOfWork.run((tx) => it.store.tokens.update(tx, 'acme', tokenId, 1, { personalPermissions }));
    await expect(change(service.tokenId)).rejects.toThrow(RevisionConflict);
    expect(await change(personal.tokenId)).toMatchObject({ permissions: personalPermissions, revision: 2 });
    expect(await it.store.tokens.find('acme', service.tokenId)).toEqual(service);
  });
});

describe('DUMP-MINTS-NOTHING', () => {
  test.each([
    `kind = 'service', owner_id = null`,
    `owner_id = 'eve'`,
    `token_id = 'aB3' || substr(md5(random()::text), 1, 13)`,
    `issuer_id = 'eve'`,
    `issuer_type = 'token'`,
    `parent_token_id = 'aB30000000000000'`,
    `created_at = created_at - interval '1 day'`,
    'installation_mark = installation_mark + 1',
    'organization_mark = organization_mark + 1',
    'owner_mark = owner_mark + 1',
  ])('a personal token refuses: %s', async (assignment) => {
    const { tokenId } = await addToken(it.store);
    await expect(write(tokenId, assignment)).rejects.toMatchObject(refused);
  });

  test('a token can’t be moved to another organization', async () => {
    await addOrganization(it.store, 'beta');
    const { tokenId } = await addToken(it.store);
    await expect(write(tokenId, `organization_id = 'beta'`)).rejects.toMatchObject(refused);
  });

  test.each([
    ['kind', `'system'`],
    ['state', `'expired'`],
    ['issuer_type', `'worker'`],
    ['deactivated_because', `'boredom'`],
    ['name', `''`],
    ['name', `repeat('x', 129)`],
    ['permissions', `'{"type":"frozen"}'`],
    ['permissions', `'{}'`],
    ['permissions', `'[]'`],
  ])('outside of its closed union: %s = %s', async (column, value) => {
    const { tokenId } = await addToken(it.store);
    await expect(write(tokenId, `${column} = ${value}`)).rejects.toMatchObject(refused);
  });
});

test('SECRET-ONCE: a refused row is not repeated by the error', async () => {
  const refusedRow = addToken(it.store, { name: 'canary-in-the-row', ownerId: null });
  const error = await refusedRow.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ ...refused, constraint: 'token_owner_if_personal' });
  const everything = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).stack);
  expect(everything).not.toContain('canary-in-the-row');
});

describe('a secret only ever ends', () => {
  const change = (tokenId: string, assignment: string) =>
    it.sql(`update latchkey.secret set ${assignment} where token_id = $1 and number = 1 returning 1`, [tokenId]);

  test('what is spent stays spent', async () => {
    const { tokenId } = await addToken(it.store);
    const spend = (byte: number) =>
      it.store.unitOfWork.run((tx) =>
        it.store.tokens.spendSecrets(tx, 'acme', tokenId, [{ number: 1, digest: new Uint8Array(32).fill(byte) }]),
      );
    await spend(1);
    // Saying it twice is one effect: the image isn't taken of the image.
    await spend(2);
    const found = await it.store.tokens.lookUp(tokenId);
    expect([...(found?.secrets[0]?.digest ?? [])]).toEqual(Array(32).fill(1));
    for (const assignment of ['spent = false', `digest = sha256('x')`]) {
      await expect(change(tokenId, assignment)).rejects.toMatchObject(refused);
    }
  });

  test('a grace period can be cut and never grows', async () => {
    const { tokenId } = await addToken(it.store);
    await it.store.unitOfWork.run((tx) =>
      it.store.tokens.addSecret(tx, 'acme', tokenId, newSecret({ number: 2 }), { at: T0, acceptedUntil: T0 + HOUR }),
    );
    await expect(change(tokenId, `accepted_until = accepted_until + interval '1 s'`)).rejects.toMatchObject(refused);
    await expect(change(tokenId, 'accepted_until = null, superseded_at = null')).rejects.toMatchObject(refused);
    expect(await change(tokenId, 'accepted_until = superseded_at')).toHaveLength(1);
  });

  test('no use is taken back', async () => {
    const { tokenId } = await addToken(it.store);
    await it.store.tokens.recordFirstUse('acme', tokenId, 1, T0);
    for (const assignment of [
      'first_used_at = null',
      `first_used_at = first_used_at + interval '1 s'`,
      'last_used_at = null',
      `last_used_at = last_used_at - interval '1 s'`,
    ]) {
      await expect(change(tokenId, assignment)).rejects.toMatchObject(refused);
    }
    expect(await change(tokenId, `last_used_at = last_used_at + interval '1 s'`)).toHaveLength(1);
  });

  test('a digest has 32 bytes', async () => {
    await expect(addToken(it.store, {}, { digest: new Uint8Array(31) })).rejects.toMatchObject(refused);
  });
});

test('a cascade deactivates a member’s personal tokens for good, slice by slice, and then says that nothing is left', async () => {
  const tokens = [];
  for (let i = 0; i < 7; i += 1) tokens.push(await addToken(it.store, { ownerId: 'leaver' }));
  const others = [
    await addToken(it.store, { ownerId: 'stayer' }),
    await addToken(it.store, { kind: 'service', issuer: { type: 'member', id: 'leaver' } }),
  ];
  const [asked, revoked] = tokens as [(typeof tokens)[0], (typeof tokens)[0]];
  await write(asked.tokenId, `state = 'inactive', deactivated_at = '2026-01-01', deactivated_because = 'asked'`);
  await revoke(revoked.tokenId);

  const slice = (limit: number) =>
    it.store.unitOfWork.run((tx) => it.store.tokens.deactivateForRemovedOwner(tx, 'acme', 'leaver', limit, T0 + HOUR));
  // Two workers at once: each token once, between them.
  const first = (await Promise.all([slice(2), slice(2)])).flat();
  const second = await slice(10);
  expect(await slice(10)).toEqual([]);
  const done = [...first, ...second].map(({ tokenId }) => tokenId);
  expect(new Set(done).size).toBe(done.length);
  expect(done.sort()).toEqual(
    tokens
      .filter((token) => token !== revoked)
      .map(({ tokenId }) => tokenId)
      .sort(),
  );
  for (const token of [...first, ...second]) {
    expect(token).toMatchObject({
      state: 'inactive',
      deactivatedAt: T0 + HOUR,
      deactivatedBecause: 'owner_removed',
      revision: 2,
    });
  }
  expect(await it.store.tokens.find('acme', revoked.tokenId)).toMatchObject({ state: 'revoked', deactivatedAt: null });
  for (const other of others) expect(await it.store.tokens.find('acme', other.tokenId)).toEqual(other);
});
