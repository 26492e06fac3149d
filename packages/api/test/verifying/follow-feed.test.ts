import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clocks, createVerifying, type Verifying } from '../../src/verifying/create-verifying.ts';
import { type Following, type FollowOptions, followFeed } from '../../src/verifying/follow-feed.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { slowClocks } from './slow-clocks.ts';

let installation: Installation;
const open: Following[] = [];
beforeAll(async () => {
  installation = await openInstallation();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(() => installation.close());

const realClocks: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

interface Node extends Verifying {
  readonly following: Following;
  /** Statements that looked tokens up. */
  readonly lookUps: () => number;
  accepts(text: string): Promise<boolean>;
}

/** A node of its own on the same database, as another process has it. */
const startNode = async (
  feed: Partial<FollowOptions['feed']> = {},
  clocks: Clocks = slowClocks,
  /** Between what the first look-up has read and its answer. */
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<Node> => {
  const { deps } = installation;
  let lookUps = 0;
  const tokens = {
    ...deps.store.tokens,
    lookUp: async (...args: Parameters<typeof deps.store.tokens.lookUp>) => {
      lookUps += 1;
      const isFirst = lookUps === 1;
      const found = await deps.store.tokens.lookUp(...args);
      if (isFirst) await meanwhile();
      return found;
    },
  };
  const verifying = createVerifying({ ...deps, store: { ...deps.store, tokens } }, {}, clocks);
  const following = followFeed({ feed: { ...deps.store.feed, ...feed }, verifying, logger: deps.logger });
  open.push(following);
  await following.polled();
  return {
    ...verifying,
    following,
    lookUps: () => lookUps,
    accepts: async (text) => (await verifying.verifier.verify(text, { address: '192.0.2.7' })).accepted,
  };
};

const issue = async (name: string, more: object = {}) => {
  const dana = await installation.member('acme', 'dana');
  return dana.tokens.issue({ name, ...more });
};
const registered = async (node: Verifying) =>
  (await installation.deps.store.feed.registry()).rows.some(({ verifierId }) => verifierId === node.nodeId);

describe('a node', () => {
  it('answers from memory once it has a lease, and asks each time before', async () => {
    const { tokenText } = await issue('memory');
    const cold = createVerifying(installation.deps);
    expect(cold.verifier.metrics().lease).toBe('none');
    const node = await startNode();
    expect([await node.accepts(tokenText), await node.accepts(tokenText), await node.accepts(tokenText)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(node.lookUps()).toBe(1);
    expect(node.verifier.metrics()).toMatchObject({ hits: 2, misses: 1, lease: 'valid' });
  });

  it('DEAD-ON-RETURN: refuses what was revoked from the moment the revocation returns, in every node', async () => {
    const { token, tokenText } = await issue('revoked everywhere');
    const nodes = [await startNode(), await startNode()];
    for (const node of nodes) expect(await node.accepts(tokenText)).toBe(true);
    const dana = await installation.member('acme', 'dana');
    const stopped = await dana.tokens.revoke({ tokenId: token.tokenId });
    expect(stopped.settled).toBe(true);
    for (const node of nodes) expect(await node.accepts(tokenText)).toBe(false);
  });

  it('DEAD-ON-RETURN: refuses a removed member’s tokens, and follows a demotion', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const { tokenText } = await issue('demoted');
    const node = await startNode();
    const effect = async () => {
      const verdict = await node.verifier.verify(tokenText);
      if (!verdict.accepted) return verdict.status;
      return verdict.subject.owner?.policies.length;
    };
    const before = await effect();
    expect(before).toBeGreaterThan(0);
    await olivia.members.setPolicies({ memberId: 'dana', policyIds: [], groupIds: [] });
    expect(await effect()).not.toBe(before);
    await olivia.members.remove({ memberId: 'dana' });
    expect(await effect()).toBe(403);
  });

  it('remembers no name that a token has no more, and no refusal of one that was extended', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const { token, tokenText } = await olivia.tokens.issue({ name: 'former name', expiresAt: '2999-01-01T00:00:00Z' });
    const { tokenId } = token;
    const node = await startNode();
    const name = async () => {
      const verdict = await node.verifier.verify(tokenText);
      return verdict.accepted ? verdict.subject.token.name : verdict.status;
    };
    expect(await name()).toBe('former name');
    await olivia.tokens.rename({ tokenId, name: 'new name' });
    // Nobody waits for it: the next poll brings it.
    await node.following.polled();
    expect(await name()).toBe('new name');
    await installation.sql(`update latchkey.token set expires_at = now() - interval '1 s' where token_id = ?`, [
      tokenId,
    ]);
    const later = await startNode();
    expect([await later.accepts(tokenText), await later.accepts(tokenText), later.lookUps()]).toEqual([
      false,
      false,
      1,
    ]);
    await olivia.tokens.extend({ tokenId, expiresAt: null });
    expect(await later.accepts(tokenText)).toBe(true);
  });

  it('drops everything and registers anew where its row is gone', async () => {
    const node = await startNode();
    const service = await installation.member('acme', 'olivia');
    const { tokenText } = await service.tokens.issue({ name: 'row gone', addressRanges: [] });
    expect(await node.accepts(tokenText)).toBe(true);
    await installation.deps.store.feed.deregister(node.nodeId);
    await node.following.polled();
    expect(await registered(node)).toBe(true);
    expect(await node.accepts(tokenText)).toBe(true);
    expect(node.lookUps()).toBe(2);
  });

  it('begins anew only after the leases that it has granted are over', async () => {
    const node = await startNode({}, realClocks);
    const lease = { until: realClocks.monotonic() + 1_000 };
    node.siblings.poll({ credentialId: 'sibling', organizationIds: null }, null, lease.until);
    await installation.deps.store.feed.deregister(node.nodeId);
    await node.following.polled();
    expect(node.clocks.monotonic()).toBeGreaterThanOrEqual(lease.until);
    expect(await registered(node)).toBe(true);
    expect(node.siblings.metrics().registrations).toBe(0);
  });

  it('that can’t poll asks instead, and comes back by itself', async () => {
    let isAway = false;
    const { feed } = installation.deps.store;
    const poll = (verifier: Parameters<typeof feed.poll>[0]) =>
      isAway ? Promise.reject(new Error('away')) : feed.poll(verifier);
    const node = await startNode({ poll }, realClocks);
    isAway = true;
    await expect.poll(() => node.verifier.metrics().lease, { timeout: 10_000 }).toBe('expired');
    const gina = await installation.member('globex', 'gina');
    const { tokenText } = await gina.tokens.issue({ name: 'asked' });
    expect([await node.accepts(tokenText), await node.accepts(tokenText)]).toEqual([true, true]);
    expect(node.lookUps()).toBe(2);
    isAway = false;
    await expect
      .poll(async () => {
        await node.following.polled();
        return node.verifier.metrics().lease;
      })
      .toBe('valid');
  });

  it('acknowledges at once what it has applied', async () => {
    const node = await startNode();
    const { feed, unitOfWork } = installation.deps.store;
    const receipt = await unitOfWork.run((tx) =>
      feed.append(tx, [{ subject: 'organization', organizationId: 'acme' }]),
    );
    await node.following.polled();
    await expect
      .poll(async () => {
        const row = (await feed.registry()).rows.find(({ verifierId }) => verifierId === node.nodeId);
        return BigInt(row?.applied.split(':')[1] ?? 0) > BigInt(receipt?.xid ?? 0);
      })
      .toBe(true);
  });

  it('leaves the registry when it ends, and stays in it while a sibling has a lease of it', async () => {
    const [alone, followed] = [await startNode(), await startNode()];
    const lease = followed.verifier.lease();
    followed.siblings.poll({ credentialId: 'sibling', organizationIds: null }, null, lease?.until ?? 0);
    await Promise.all([alone.following.close(), followed.following.close()]);
    expect(await registered(alone)).toBe(false);
    expect(await registered(followed)).toBe(true);
    expect(alone.verifier.metrics().lease).toBe('none');
    await installation.deps.store.feed.deregister(followed.nodeId);
  });
});

describe('first sights of one token, two thousand at once', () => {
  const MANY = 2_000;
  const together = (node: Node, text: string) => Promise.all(Array.from({ length: MANY }, () => node.accepts(text)));

  it('are one look-up', async () => {
    const gina = await installation.member('globex', 'gina');
    const { tokenText } = await gina.tokens.issue({ name: 'seen by many' });
    const node = await startNode();
    expect(new Set(await together(node, tokenText))).toEqual(new Set([true]));
    expect(node.lookUps()).toBe(1);
    expect(node.verifier.metrics()).toMatchObject({ misses: 1, joined: MANY - 1 });
  });

  it('are one more where a change arrives meanwhile, and nobody who comes after it is told what was before', async () => {
    const gina = await installation.member('globex', 'gina');
    const { token, tokenText } = await gina.tokens.issue({ name: 'stopped meanwhile' });
    const gate = Promise.withResolvers<void>();
    const found = Promise.withResolvers<void>();
    const node = await startNode({}, slowClocks, async () => {
      found.resolve();
      await gate.promise;
    });
    const before = together(node, tokenText);
    await found.promise;
    await gina.tokens.revoke({ tokenId: token.tokenId });
    const after = together(node, tokenText);
    gate.resolve();
    expect(new Set(await after)).toEqual(new Set([false]));
    await before;
    expect(node.verifier.metrics().misses).toBe(2);
  });

  it('are two without a lease: what was begun for somebody before counts for nobody after', async () => {
    const gina = await installation.member('globex', 'gina');
    const { tokenText } = await gina.tokens.issue({ name: 'without a lease' });
    const node = await startNode();
    await node.following.close();
    const first = node.lookUps();
    expect(new Set(await together(node, tokenText))).toEqual(new Set([true]));
    expect(node.lookUps() - first).toBe(2);
  });
});
