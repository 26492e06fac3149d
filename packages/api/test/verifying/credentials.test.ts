import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { authenticateCredential } from '../../src/authenticate/authenticate-credential.ts';
import { issueOperatorCredential, issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { revokeCredential } from '../../src/commands/revoke-credential.ts';
import { createSettler } from '../../src/settling/settler.ts';
import { type Clocks, createVerifying } from '../../src/verifying/create-verifying.ts';
import { type Following, followFeed } from '../../src/verifying/follow-feed.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { registerFake, watchFeed } from '../settling/fake-verifiers.ts';
import { slowClocks } from './slow-clocks.ts';

let installation: Installation;
/** The installation's own parts, but for a settler with a lease longer than any test: whatever returns was acknowledged. */
let deps: Installation['deps'];
const open: Following[] = [];
beforeAll(async () => {
  installation = await openInstallation();
  const { feed } = installation.deps.store;
  const settler = createSettler({ feed, logger: installation.deps.logger, leaseMs: 600_000 });
  settler.observe(await feed.incarnation(), Number.NEGATIVE_INFINITY);
  deps = { ...installation.deps, settler };
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(async () => {
  deps.settler.close();
  await installation.close();
});

const realClocks: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/** A node of its own on the same database, as another process has it. */
const startNode = async (clocks: Clocks = slowClocks) => {
  const lookUp = vi.fn(deps.store.credentials.lookUp);
  const verifying = createVerifying(
    { ...deps, store: { ...deps.store, credentials: { ...deps.store.credentials, lookUp } } },
    {},
    clocks,
  );
  const following = followFeed({ feed: deps.store.feed, verifying, logger: deps.logger });
  open.push(following);
  await following.polled();
  return {
    ...verifying,
    lookUps: () => lookUp.mock.calls.length,
    accepts: async (text: string) => (await authenticateCredential({ verifying }, { text })).accepted,
  };
};

const issue = async () => {
  const { text, credential } = await issueVerifierCredential(deps, {
    name: 'sibling',
    organizationIds: null,
  });
  return { text, credentialId: credential.credentialId };
};

describe('a credential of the installation', () => {
  it('is looked up once, and remembered as what it is', async () => {
    const { text, credentialId } = await issue();
    const node = await startNode();
    for (let i = 0; i < 3; i += 1) {
      expect(await authenticateCredential({ verifying: node }, { text })).toMatchObject({
        accepted: true,
        principal: { type: 'credential', credential: { credentialId, role: 'verifier', organizationIds: null } },
      });
    }
    expect(node.lookUps()).toBe(1);
  });

  it('that was never minted costs no look-up, and a token is none', async () => {
    const node = await startNode();
    const dana = await installation.member('acme', 'dana');
    const { tokenText } = await dana.tokens.issue({ name: 'no credential' });
    const { text } = await issue();
    const madeUp = `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;
    for (const presented of ['', 'x', madeUp, tokenText]) expect(await node.accepts(presented)).toBe(false);
    expect(node.lookUps()).toBe(0);
  });

  it('DEAD-ON-RETURN: is refused in every node from the moment at which its revocation returns, and from memory', async () => {
    const { text, credentialId } = await issue();
    const other = await issue();
    const nodes = [await startNode(), await startNode()];
    for (const node of nodes) expect([await node.accepts(text), await node.accepts(other.text)]).toEqual([true, true]);
    expect(await revokeCredential(deps, credentialId)).toMatchObject({ settled: true });
    for (const node of nodes) {
      expect([await node.accepts(text), await node.accepts(text)]).toEqual([false, false]);
      // One more for the one that ended, and none for the other.
      expect(await node.accepts(other.text)).toBe(true);
      expect(node.lookUps()).toBe(3);
    }
  });

  it('DEAD-ON-RETURN: revoked again, it waits again', async () => {
    const { credentialId } = await issue();
    await revokeCredential(deps, credentialId);
    const { feed } = deps.store;
    const verifier = await registerFake(feed);
    const settle = vi.spyOn(deps.settler, 'settle');
    const returned = vi.fn();
    const revoking = revokeCredential(deps, credentialId);
    revoking.then(returned, returned);
    await vi.waitFor(() => expect(settle).toHaveBeenCalled());
    const watched = watchFeed(feed);
    await watched.feed.registry();
    expect(returned).not.toHaveBeenCalled();
    await verifier.acknowledge();
    expect(await revoking).toMatchObject({ settled: true });
    await verifier.leave();
    settle.mockRestore();
  });

  it('DEAD-ON-RETURN: revoked, no sibling service that followed a node by it has a lease', async () => {
    const { credentialId } = await issue();
    const node = await startNode(realClocks);
    const until = realClocks.monotonic() + 900;
    node.siblings.poll({ credentialId, organizationIds: null }, null, until);
    await revokeCredential(deps, credentialId);
    expect(realClocks.monotonic()).toBeGreaterThanOrEqual(until);
  });

  it('DEAD-ON-RETURN: an emergency that names them ends them on its return, and one that doesn’t leaves them', async () => {
    const { text } = await issue();
    const operator = await issueOperatorCredential(deps, { name: 'on call' });
    const node = await startNode();
    const found = await authenticateCredential({ verifying: node }, { text: operator.text });
    if (!found.accepted) throw new Error('refused');
    const by = installation.as(found.principal, { settler: deps.settler });
    expect(await node.accepts(text)).toBe(true);
    await by.system.emergencyOfInstallation({ reason: 'leaked dump', credentials: false });
    expect(await node.accepts(text)).toBe(true);
    await by.system.emergencyOfInstallation({ reason: 'leaked configuration', credentials: true });
    expect([await node.accepts(text), await node.accepts(operator.text)]).toEqual([false, false]);
  });

  it('that was stopped while it was looked up is not remembered as good', async () => {
    const { text, credentialId } = await issue();
    const gate = Promise.withResolvers<void>();
    let isHeld = true;
    const { credentials } = deps.store;
    const lookUp: typeof credentials.lookUp = async (id) => {
      const found = await credentials.lookUp(id);
      if (isHeld) await gate.promise;
      return found;
    };
    const store = { ...deps.store, credentials: { ...credentials, lookUp } };
    const verifying = createVerifying({ ...deps, store }, {}, slowClocks);
    const following = followFeed({ feed: deps.store.feed, verifying, logger: deps.logger });
    open.push(following);
    await following.polled();
    const slow = authenticateCredential({ verifying }, { text });
    await revokeCredential(deps, credentialId);
    isHeld = false;
    gate.resolve();
    // It began before the revocation returned: either answer is right for it, and none for whoever comes later.
    await slow;
    expect(await authenticateCredential({ verifying }, { text })).toEqual({ accepted: false, status: 401 });
  });
});
