import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, newSecret, newTokenId, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { SystemCredentialRecord } from './system-credential-repository.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
});
afterAll(() => Promise.all(closers.map((close) => close())));

const add = async (given: Partial<SystemCredentialRecord> = {}, secret = newSecret()) => {
  const credential = {
    credentialId: newTokenId('000'),
    role: 'verifier',
    name: 'flags service',
    organizationIds: null,
    createdAt: T0,
    ...given,
  } as const;
  await it.store.unitOfWork.run((tx) => it.store.credentials.insert(tx, credential, secret));
  return credential;
};

test('a credential of the installation is looked up with its secrets and the clock', async () => {
  const secret = newSecret();
  const credential = await add({ organizationIds: ['acme', 'beta'] }, secret);
  const incarnation = await it.store.feed.incarnation();
  expect(await it.store.credentials.lookUp(credential.credentialId)).toEqual({
    credential: { ...credential, revokedAt: null, recalled: false },
    secrets: [
      {
        ...secret,
        digest: Buffer.from(secret.digest),
        spent: false,
        supersededAt: null,
        acceptedUntil: null,
        firstUsedAt: null,
        lastUsedAt: null,
        lastUsedAddress: null,
        lastUsedClient: null,
        cutWhenSilentMs: null,
      },
    ],
    coherence: { incarnation },
    now: expect.any(Number),
  });
  expect(await it.store.credentials.lookUp(newTokenId('000'))).toBeNull();
});

test('TERMINAL: revoking spends its secrets; saying it twice is one effect; nothing undoes it', async () => {
  const { credentialId } = await add({ role: 'operator' });
  const revoke = (at: number, byte: number) =>
    it.store.unitOfWork.run((tx) =>
      it.store.credentials.revoke(tx, credentialId, at, [{ number: 1, digest: new Uint8Array(32).fill(byte) }]),
    );
  await revoke(T0, 1);
  await revoke(T0 + HOUR, 2);
  const found = await it.store.credentials.lookUp(credentialId);
  expect(found?.credential.revokedAt).toBe(T0);
  expect(found?.secrets).toMatchObject([{ number: 1, spent: true }]);
  expect([...(found?.secrets[0]?.digest ?? [])]).toEqual(Array(32).fill(1));
  for (const statement of [
    'update latchkey.system_credential set revoked_at = null',
    `update latchkey.system_credential set role = 'verifier'`,
    'update latchkey.system_credential_secret set spent = false',
    `update latchkey.system_credential_secret set digest = sha256('x')`,
  ]) {
    await expect(it.sql(`${statement} where credential_id = $1`, [credentialId])).rejects.toMatchObject({
      code: '23514',
    });
  }
});

test('only ids of the installation’s own routing key are taken, and only known roles', async () => {
  await expect(add({ credentialId: newTokenId('aB3') })).rejects.toMatchObject({ code: '23514' });
  await expect(add({ role: 'root' as never })).rejects.toMatchObject({ code: '23514' });
  await expect(add({}, newSecret({ digest: randomBytes(16) }))).rejects.toMatchObject({ code: '23514' });
});

test('the list names all of them and no digest', async () => {
  const credential = await add({ name: 'listed', createdAt: T0 + HOUR });
  const list = await it.store.credentials.list();
  expect(list.at(-1)).toEqual({ ...credential, revokedAt: null, recalled: false });
  expect(JSON.stringify(list)).not.toMatch(/digest|secret/);
});

test('TERMINAL: what was recalled stays so; what is issued afterwards is not', async () => {
  const before = await add();
  const { credentials: count } = await it.store.installation.countRecallable();
  expect(count).toBeGreaterThan(0);
  await it.store.unitOfWork.run((tx) => it.store.installation.recallCredentials(tx));
  const after = await add();
  const recalled = async (credentialId: string) =>
    (await it.store.credentials.lookUp(credentialId))?.credential.recalled;
  expect([await recalled(before.credentialId), await recalled(after.credentialId)]).toEqual([true, false]);
  expect((await it.store.installation.countRecallable()).credentials).toBe(1);
  // Neither by a written row, nor by taking the mark back.
  const written = it.sql('update latchkey.system_credential set mark = 99 where credential_id = $1', [
    before.credentialId,
  ]);
  await expect(written).rejects.toMatchObject({ code: '23514' });
  await expect(it.sql('update latchkey.installation set credential_mark = 0')).rejects.toMatchObject({ code: '23514' });
});

test('recalling tokens leaves the installation’s credentials alone', async () => {
  const { credentialId } = await add();
  await it.store.unitOfWork.run((tx) => it.store.installation.recallTokens(tx));
  expect((await it.store.credentials.lookUp(credentialId))?.credential.recalled).toBe(false);
});
