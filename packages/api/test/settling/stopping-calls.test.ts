import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSettler, type Settler } from '../../src/settling/settler.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';
import { type FakeVerifier, registerFake, watchFeed } from './fake-verifiers.ts';

let installation: Installation;
let olivia: Caller;
let verifier: FakeVerifier;
let reads: () => number;
let settler: Settler;

beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());

beforeEach(async () => {
  const { feed } = installation.deps.store;
  for (const { verifierId } of (await feed.registry()).rows) await feed.deregister(verifierId);
  const watched = watchFeed(feed);
  reads = watched.reads;
  // A lease longer than any test: whatever returns here was acknowledged.
  settler = createSettler({ feed: watched.feed, logger: pino({ level: 'silent' }), leaseMs: 600_000 });
  settler.observe(await feed.incarnation(), Number.NEGATIVE_INFINITY);
  olivia = installation.as(await installation.principal('acme', 'olivia'), { settler });
  verifier = await registerFake(feed);
});

/** Returns what the call gave, after making sure that it had waited for the verifier. */
const settles = async <T>(calling: Promise<T>): Promise<T> => {
  const returned = vi.fn();
  calling.then(returned, returned);
  const before = reads();
  await vi.waitFor(() => expect(reads()).toBeGreaterThan(before + 2), { timeout: 5_000 });
  expect(returned).not.toHaveBeenCalled();
  await verifier.acknowledge();
  return calling;
};

let count = 0;
const issue = async () => {
  count += 1;
  return (await olivia.tokens.issue({ name: `token ${count}` })).token.tokenId;
};

/** Every call after which something that was accepted before may be refused: what it takes, made anew for each. */
const stopping: Readonly<Record<string, (wait: boolean) => Promise<() => Promise<unknown>>>> = {
  'tokens.deactivate': async (wait) => {
    const tokenId = await issue();
    return () => olivia.tokens.deactivate({ tokenId, wait });
  },
  'tokens.revoke': async (wait) => {
    const tokenId = await issue();
    return () => olivia.tokens.revoke({ tokenId, wait });
  },
  'tokens.revoke, said again': async (wait) => {
    const tokenId = await issue();
    await olivia.tokens.revoke({ tokenId, wait: false });
    await verifier.acknowledge();
    return () => olivia.tokens.revoke({ tokenId, wait });
  },
  'tokens.deactivate, said again': async (wait) => {
    const tokenId = await issue();
    await olivia.tokens.deactivate({ tokenId, wait: false });
    await verifier.acknowledge();
    return () => olivia.tokens.deactivate({ tokenId, wait });
  },
  'tokens.revoke, repeated by its idempotency key': async (wait) => {
    const tokenId = await issue();
    const idempotencyKey = `key-of-${tokenId}`;
    await olivia.tokens.revoke({ tokenId, idempotencyKey, wait: false });
    await verifier.acknowledge();
    return () => olivia.tokens.revoke({ tokenId, idempotencyKey, wait });
  },
  'tokens.rotate without a grace period': async (wait) => {
    const tokenId = await issue();
    return () => olivia.tokens.rotate({ tokenId, graceMs: 0, wait });
  },
  // Whoever has seen the old secret accepted without an end has to hear of it.
  'tokens.rotate with one': async (wait) => {
    const tokenId = await issue();
    return () => olivia.tokens.rotate({ tokenId, graceMs: 60_000, wait });
  },
  'tokens.changePermissions': async (wait) => {
    const tokenId = await issue();
    const permissions = { type: 'statements' as const, statements: [toggles] };
    return () => olivia.tokens.changePermissions({ tokenId, permissions, wait });
  },
  'tokens.cutGracePeriod': async (wait) => {
    const tokenId = await issue();
    await olivia.tokens.rotate({ tokenId, graceMs: 60_000, wait: false });
    await verifier.acknowledge();
    return () => olivia.tokens.cutGracePeriod({ tokenId, wait });
  },
  'tokens.handOver with an end': async (wait) => {
    const tokenId = await issue();
    const until = new Date(Date.now() + 60_000).toISOString();
    const permissions = { type: 'statements' as const, statements: [toggles] };
    return () => olivia.tokens.handOver({ tokenId, name: `over ${tokenId}`, permissions, until, wait });
  },
  'tokens.bulk': async (wait) => {
    await issue();
    return () => olivia.tokens.bulk({ action: 'revoke', filter: { ownerId: 'olivia' }, wait });
  },
  // Somebody else may have stopped it just now, so that it isn't there to be stopped.
  'tokens.bulk that finds nothing': async (wait) => {
    const tokenId = await issue();
    await olivia.tokens.revoke({ tokenId, wait: false });
    await verifier.acknowledge();
    return () => olivia.tokens.bulk({ action: 'revoke', filter: { nameContains: `token ${count}` }, wait });
  },
  'tokens.bulk whose last slice was stopped meanwhile': async (wait) => {
    const first = await issue();
    for (let i = 0; i < 50; i += 1) await issue();
    const { tokens } = installation.deps.store;
    const byHalves = {
      ...tokens,
      // The second of its slices finds nothing to stop any more.
      findManyForUpdate: async (...asked: Parameters<typeof tokens.findManyForUpdate>) =>
        asked[1].includes(first) ? tokens.findManyForUpdate(...asked) : [],
    };
    const store = { ...installation.deps.store, tokens: byHalves };
    const bulk = installation.as(await installation.principal('acme', 'olivia'), { store, settler });
    return () => bulk.tokens.bulk({ action: 'revoke', filter: { ownerId: 'olivia' }, wait });
  },
  'system.emergency': async (wait) => () => olivia.system.emergency({ reason: 'a drill', wait }),
  'members.setPolicies': async (wait) => () =>
    olivia.members.setPolicies({ memberId: 'dana', policyIds: ['developer'], wait }),
  'members.remove': async (wait) => {
    const { memberId } = await olivia.members.add({ email: `m${wait}@acme.example`, name: 'M', policyIds: [] });
    return () => olivia.members.remove({ memberId, wait });
  },
  'members.remove, said again': async (wait) => {
    const { memberId } = await olivia.members.add({ email: `n${wait}@acme.example`, name: 'N', policyIds: [] });
    await olivia.members.remove({ memberId, wait: false });
    await verifier.acknowledge();
    return () => olivia.members.remove({ memberId, wait });
  },
  'policies.update': async (wait) => {
    const { policyId } = await olivia.policies.create({ name: `updated ${wait}`, statements: [toggles] });
    return () => olivia.policies.update({ policyId, revision: 1, statements: [{ ...toggles, effect: 'deny' }], wait });
  },
  'policies.remove': async (wait) => {
    const { policyId } = await olivia.policies.create({ name: `removed ${wait}`, statements: [toggles] });
    return () => olivia.policies.remove({ policyId, wait });
  },
  'groups.update': async (wait) => {
    const { groupId } = await olivia.groups.create({ name: `updated ${wait}` });
    return () => olivia.groups.update({ groupId, revision: 1, policyIds: ['developer'], wait });
  },
  'groups.remove': async (wait) => {
    const { groupId } = await olivia.groups.create({ name: `removed ${wait}` });
    return () => olivia.groups.remove({ groupId, wait });
  },
};

const toggles = { effect: 'allow' as const, resourceType: 'flag', actions: ['ToggleFlag'], resources: ['*'] };

describe('DEAD-ON-RETURN', () => {
  it.each(Object.keys(stopping))('%s returns once every verifier has heard of it', async (name) => {
    const call = await stopping[name]?.(true);
    const answer = await settles(call?.() ?? Promise.reject(new Error('no such call')));
    expect(answer).toMatchObject({ settled: true, settledMs: expect.any(Number) });
    expect(answer).not.toHaveProperty('receipt');
  });

  it.each(Object.keys(stopping))('%s that doesn’t wait gives a receipt, and waiting is done by it', async (name) => {
    const call = await stopping[name]?.(false);
    const answer = await call?.();
    expect(answer).toMatchObject({ settled: false, receipt: expect.any(String) });
    expect(answer).not.toHaveProperty('settledMs');
    const { receipt } = answer as { readonly receipt: string };
    expect(await settles(olivia.system.awaitSettled({ receipt }))).toMatchObject({ settled: true });
    // Once it has, asking again costs nothing.
    expect(await olivia.system.awaitSettled({ receipt })).toMatchObject({ settled: true });
  });

  it('a group that is made with members, and a token that is activated again or extended, settle as well', async () => {
    const group = { name: 'with a deny', policyIds: ['developer'], memberIds: ['dana'] };
    expect(await settles(olivia.groups.create(group))).toMatchObject({ name: 'with a deny' });
    const tokenId = await issue();
    await olivia.tokens.deactivate({ tokenId, wait: false });
    await verifier.acknowledge();
    expect(await settles(olivia.tokens.activate({ tokenId }))).toMatchObject({ status: 'active' });
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const mortal = await olivia.tokens.issue({ name: `mortal ${tokenId}`, expiresAt });
    const extending = olivia.tokens.extend({ tokenId: mortal.token.tokenId, expiresAt: null });
    expect(await settles(extending)).toMatchObject({ expiresAt: null });
  });

  it('what stops nothing waits for nobody', async () => {
    const tokenId = await issue();
    expect(await olivia.tokens.rename({ tokenId, name: 'another name' })).toMatchObject({ name: 'another name' });
    expect(reads()).toBe(0);
  });
});

describe('a receipt', () => {
  const receiptOf = async () => {
    const answer = await olivia.tokens.revoke({ tokenId: await issue(), wait: false });
    if (answer.settled) throw new Error('it has waited');
    return answer.receipt;
  };

  it('that was not given here is refused: of a transaction that never was nobody can say that it settled', async () => {
    const receipt = await receiptOf();
    const [keyId, incarnation, xid, signature] = receipt.split('.');
    const forged = [
      'nothing',
      '...',
      [keyId, incarnation, String(Number(xid) + 1), signature].join('.'),
      [keyId, '00000000-0000-0000-0000-000000000000', xid, signature].join('.'),
      ['other', incarnation, xid, signature].join('.'),
      `${receipt}.`,
      receipt.slice(0, -1),
    ];
    for (const text of forged) {
      expect(await refusal(olivia.system.awaitSettled({ receipt: text }))).toMatchObject({ code: 'BAD_INPUT' });
    }
  });

  it('TENANT-WALL: is one organization’s', async () => {
    const gina = await installation.member('globex', 'gina');
    const receipt = await receiptOf();
    expect(await refusal(gina.system.awaitSettled({ receipt }))).toMatchObject({ code: 'BAD_INPUT' });
  });
});
