import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganization, addToken, frozen, HOUR, newSecret, newTokenId, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store, 'acme', 'aB3');
  await addOrganization(it.store, 'beta', 'aB3');
  await addOrganization(it.store, 'gamma', 'Zz9');
});
afterAll(() => Promise.all(closers.map((close) => close())));

test('one look-up by the public id brings the token, its secrets, gate, marks and the database’s clock', async () => {
  const secret = newSecret();
  const token = await addToken(
    it.store,
    { ownerId: 'grace', expiresAt: T0 + HOUR, addressRanges: ['10.0.0.0/8', '2001:db8::/32'], project: 'shop' },
    secret,
  );
  const before = Date.now();
  await it.store.feed.incarnation();
  const found = await it.store.tokens.lookUp(token.tokenId);
  // What no verification needs is neither read nor remembered.
  const { secrets: _, description: _d, deactivatedAt: _a, lastUsedAt: _l, ...record } = token;
  const { tagKeyId: _t, ...bound } = secret;
  expect(found).toEqual({
    token: record,
    secrets: [
      {
        ...bound,
        digest: Buffer.from(secret.digest),
        spent: false,
        supersededAt: null,
        acceptedUntil: null,
        firstUsedAt: null,
      },
    ],
    marks: { installation: 0, organization: 0, owner: 0 },
    ownerGateClosed: false,
    coherence: { incarnation: await it.store.feed.incarnation() },
    now: expect.any(Number),
  });
  expect(found?.token).toMatchObject({ createdAt: T0, expiresAt: T0 + HOUR, project: 'shop', revision: 1 });
  // The same machine's clock: in the embedded test database they can be compared.
  expect(Math.abs((found?.now ?? 0) - before)).toBeLessThan(5_000);
});

test('a service token’s frozen permissions come back byte for byte', async () => {
  const token = await addToken(it.store, { kind: 'service' });
  const found = await it.store.tokens.lookUp(token.tokenId);
  expect(JSON.stringify(found?.token.permissions)).toBe(JSON.stringify(frozen));
});

test('an unknown id, one of another routing key and one that is no id at all are not found', async () => {
  const token = await addToken(it.store);
  expect(await it.store.tokens.lookUp(newTokenId())).toBeNull();
  expect(await it.store.tokens.lookUp(`Zz9${token.tokenId.slice(3)}`)).toBeNull();
  expect(await it.store.tokens.lookUp("' or true --")).toBeNull();
});

test('GATE-FIRST: the removal of an owner shows in the look-up of each of its tokens, and of nobody else’s', async () => {
  const [one, two, other, service] = [
    await addToken(it.store, { ownerId: 'linus' }),
    await addToken(it.store, { ownerId: 'linus' }),
    await addToken(it.store, { ownerId: 'barbara' }),
    await addToken(it.store, { kind: 'service', issuer: { type: 'member', id: 'linus' } }),
  ];
  await it.store.unitOfWork.run((tx) => it.store.ownerGates.close(tx, 'acme', 'linus', T0));
  for (const token of [one, two]) {
    expect(await it.store.tokens.lookUp(token.tokenId)).toMatchObject({
      ownerGateClosed: true,
      marks: { installation: 0, organization: 0, owner: 1 },
      token: { state: 'active' },
    });
  }
  for (const token of [other, service]) {
    expect(await it.store.tokens.lookUp(token.tokenId)).toMatchObject({ ownerGateClosed: false, marks: { owner: 0 } });
  }
});

test('TENANT-WALL: a gate closed in one organization closes none in another with the same member id', async () => {
  const token = await addToken(it.store, { organizationId: 'beta', ownerId: 'margaret' });
  await it.store.unitOfWork.run((tx) => it.store.ownerGates.close(tx, 'acme', 'margaret', T0));
  expect(await it.store.tokens.lookUp(token.tokenId)).toMatchObject({ ownerGateClosed: false, marks: { owner: 0 } });
});

test('marks raised since show beside those of the issue', async () => {
  const token = await addToken(it.store, { organizationId: 'gamma', tokenId: newTokenId('Zz9'), ownerId: 'ken' });
  await it.store.unitOfWork.run((tx) => it.store.organizations.raiseMark(tx, 'gamma'));
  expect(await it.store.tokens.lookUp(token.tokenId)).toMatchObject({
    marks: { installation: 0, organization: 1, owner: 0 },
    token: { marks: { installation: 0, organization: 0, owner: 0 } },
  });
  expect(await it.store.organizations.marks('acme')).toEqual({ installation: 0, organization: 0 });
});

test('superseded and spent secrets are brought too, the newest first, sixteen at most', async () => {
  const token = await addToken(it.store);
  await it.store.unitOfWork.run(async (tx) => {
    for (let number = 2; number <= 20; number += 1) {
      const at = { at: T0 + number, acceptedUntil: T0 + number + HOUR };
      await it.store.tokens.addSecret(tx, 'acme', token.tokenId, newSecret({ number }), at);
    }
    await it.store.tokens.spendSecrets(tx, 'acme', token.tokenId, [{ number: 18, digest: new Uint8Array(32).fill(7) }]);
  });
  const found = await it.store.tokens.lookUp(token.tokenId);
  expect(found?.secrets.map(({ number }) => number)).toEqual(Array.from({ length: 16 }, (_, i) => 20 - i));
  expect(found?.secrets[0]).toMatchObject({ supersededAt: null, acceptedUntil: null, spent: false });
  expect(found?.secrets[1]).toMatchObject({ number: 19, supersededAt: T0 + 20, acceptedUntil: T0 + 20 + HOUR });
  expect(found?.secrets[2]).toMatchObject({ number: 18, spent: true });
  expect([...(found?.secrets[2]?.digest ?? [])]).toEqual(Array(32).fill(7));
  const stored = await it.store.tokens.find('acme', token.tokenId);
  expect(stored?.secrets.map(({ number }) => number)).not.toContain(18);
  expect(stored?.secrets).toHaveLength(19);
});

test('two organizations with one id between them: neither is answered for', async () => {
  const token = await addToken(it.store, { organizationId: 'acme' });
  await addToken(it.store, { organizationId: 'beta', tokenId: token.tokenId, name: 'the same id' });
  expect(await it.store.tokens.lookUp(token.tokenId)).toBeNull();
  expect(await it.store.tokens.find('acme', token.tokenId)).toMatchObject({ name: token.name });
});

test('the look-up walks primary keys only, however many tokens there are', async () => {
  await it.sql(
    `insert into latchkey.token (organization_id, token_id, kind, name, name_key, state, owner_id, issuer_type, issuer_id,
       permissions, address_ranges, created_at, installation_mark, organization_mark, owner_mark)
     select 'beta', 'aB3' || lpad(n::text, 13, '0'), 'personal', 'n' || n, 'n' || n, 'active', 'm' || n, 'member', 'm' || n,
            '{"type":"inherit","manageTokens":false}', '{}', now(), 0, 0, 0 from generate_series(1, 5000) n`,
  );
  await it.sql(
    `insert into latchkey.secret (organization_id, token_id, number, digest, pepper_id, tag_key_id, hint, created_at)
     select organization_id, token_id, 1, sha256(token_id::bytea), 'p', 't', 'h', now() from latchkey.token
         on conflict do nothing`,
  );
  // Not `organization`: without statistics of it the planner would rather look for the id in all organizations.
  for (const table of ['token', 'secret', 'owner_gate']) await it.sql(`analyze latchkey.${table}`);
  const { LOOK_UP } = await import('./look-up.ts');
  const plan = await it.sql<{ 'QUERY PLAN': string }>(`explain ${LOOK_UP.replaceAll('$1', `'aB30000000001234'`)}`);
  const text = plan.map((line) => line['QUERY PLAN']).join('\n');
  expect(text).toMatch(
    /token_pkey on token y .*\n\s+Index Cond: \(\(organization_id = o.organization_id\) AND \(token_id/,
  );
  expect(text).not.toMatch(/Seq Scan on (?:token|secret)/);
});

test('a look-up says in which incarnation it was read, and none where a crash has emptied it', async () => {
  const { tokenId } = await addToken(it.store);
  await it.store.unitOfWork.run((tx) => it.store.feed.renewIncarnation(tx));
  const incarnation = await it.store.feed.incarnation();
  expect((await it.store.tokens.lookUp(tokenId))?.coherence).toEqual({ incarnation });
  await it.sql('delete from latchkey.incarnation');
  expect((await it.store.tokens.lookUp(tokenId))?.coherence).toEqual({ incarnation: null });
});
