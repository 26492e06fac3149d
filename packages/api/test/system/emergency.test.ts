import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticateCredential } from '../../src/authenticate/authenticate-credential.ts';
import { issueOperatorCredential, issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { planRestored, restored } from '../../src/commands/restored.ts';
import type { Caller, Installation } from '../installation.ts';
import { openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';
import { registerFake } from '../settling/fake-verifiers.ts';

let installation: Installation;
let olivia: Caller;
let gina: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
  gina = await installation.member('globex', 'gina');
});
afterAll(() => installation.close());

let count = 0;
const issue = async (by: Caller) => {
  count += 1;
  return (await by.tokens.issue({ name: `token ${count}` })).tokenText;
};
const accepted = async (presentedToken: string) =>
  (await installation.verifier().verify.verify({ presentedToken })).accepted;
const credentialAccepted = async (text: string) => (await authenticateCredential(installation.deps, { text })).accepted;

const operator = async (): Promise<Caller> => {
  const { text } = await issueOperatorCredential(installation.deps, { name: 'on call' });
  const found = await authenticateCredential(installation.deps, { text });
  if (!found.accepted) throw new Error('refused');
  return installation.as(found.principal);
};

describe('an emergency of an organization', () => {
  it('refuses every token that it has issued, for good, and none of another; what is issued afterwards is good', async () => {
    const [ours, theirs] = [await issue(olivia), await issue(gina)];
    const inactive = await olivia.tokens.issue({ name: 'inactive' });
    await olivia.tokens.deactivate({ tokenId: inactive.token.tokenId });
    expect(await olivia.system.emergency({ reason: 'a laptop was stolen' })).toMatchObject({ settled: true });
    expect([await accepted(ours), await accepted(theirs)]).toEqual([false, true]);
    // TERMINAL: neither activating nor rotating renews a mark.
    await olivia.tokens.activate({ tokenId: inactive.token.tokenId }).catch(() => undefined);
    expect(await accepted(inactive.tokenText)).toBe(false);
    expect(await accepted(await issue(olivia))).toBe(true);
    const { items } = await olivia.audit.list({ action: 'organization.emergency' });
    expect(items).toMatchObject([
      { reason: 'a laptop was stolen', actor: { type: 'member', id: 'olivia' }, target: { id: 'acme' } },
    ]);
    expect((await gina.audit.list({ action: 'organization.emergency' })).items).toEqual([]);
  });

  it('is declared once by its idempotency key: who asks again recalls nothing of what was issued since', async () => {
    const input = { reason: 'the answer was lost', idempotencyKey: 'emergency-1' };
    const before = await issue(olivia);
    expect(await olivia.system.emergency(input)).toMatchObject({ settled: true });
    const since = await issue(olivia);
    const changes = await installation.sql('select 1 from latchkey.change');
    expect(await olivia.system.emergency(input)).toMatchObject({ settled: true });
    expect([await accepted(before), await accepted(since)]).toEqual([false, true]);
    // DEAD-ON-RETURN: who asks again is told that it has settled, too.
    expect(await installation.sql('select 1 from latchkey.change')).toHaveLength(changes.length + 1);
    const { items } = await olivia.audit.list({ action: 'organization.emergency' });
    expect(items.filter(({ reason }) => reason === input.reason)).toHaveLength(1);
    expect((await refusal(olivia.system.emergency({ ...input, reason: 'another' }))).code).toBe('IDEMPOTENCY_MISMATCH');
    // Without the key it is asked for anew.
    expect(await olivia.system.emergency({ reason: 'again' })).toMatchObject({ settled: true });
    expect(await accepted(since)).toBe(false);
  });

  it('is an administrator’s to declare, with a reason', async () => {
    const devin = await installation.member('acme', 'devin');
    expect(await refusal(devin.system.emergency({ reason: 'fun' }))).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await refusal(olivia.system.emergency({ reason: '' }))).toMatchObject({ code: 'BAD_INPUT' });
  });

  it('DEAD-ON-RETURN: returns when every verifier has heard of it', async () => {
    const { feed } = installation.deps.store;
    const verifier = await registerFake(feed);
    const answer = await olivia.system.emergency({ reason: 'drill', wait: false });
    if (answer.settled) throw new Error('it has waited');
    const settling = olivia.system.awaitSettled({ receipt: answer.receipt });
    await verifier.acknowledge();
    expect(await settling).toMatchObject({ settled: true });
    await verifier.leave();
  });
});

describe('an emergency of the installation', () => {
  it('refuses every token of every organization, and leaves the verifiers’ credentials in place', async () => {
    const [ours, theirs] = [await issue(olivia), await issue(gina)];
    const verifier = await issueVerifierCredential(installation.deps, { name: 'v', organizationIds: null });
    const by = await operator();
    expect(await by.system.emergencyOfInstallation({ reason: 'leaked dump' })).toMatchObject({ settled: true });
    expect([await accepted(ours), await accepted(theirs)]).toEqual([false, false]);
    expect(await credentialAccepted(verifier.text)).toBe(true);
    expect(await accepted(await issue(gina))).toBe(true);
    for (const each of [olivia, gina]) {
      expect((await each.audit.list({ action: 'installation.emergency' })).items).toMatchObject([
        { reason: 'leaked dump', actor: { type: 'credential' }, details: { credentials: false } },
      ]);
    }
  });

  it('recalls the credentials, too, where it is told to', async () => {
    const verifier = await issueVerifierCredential(installation.deps, { name: 'w', organizationIds: null });
    await (await operator()).system.emergencyOfInstallation({ reason: 'stolen server', credentials: true });
    expect(await credentialAccepted(verifier.text)).toBe(false);
    expect((await olivia.system.verifiers()).items.map(({ name }) => name)).not.toContain('w');
    const again = await issueVerifierCredential(installation.deps, { name: 'x', organizationIds: null });
    expect(await credentialAccepted(again.text)).toBe(true);
  });

  it('is nobody’s who has no operator credential', async () => {
    for (const caller of [olivia, installation.verifier()]) {
      expect(await refusal(caller.system.emergencyOfInstallation({ reason: 'x' }))).toMatchObject({
        code: 'CREDENTIAL_KIND',
        details: { expected: 'operator' },
      });
    }
    expect(await refusal((await operator()).tokens.list())).toMatchObject({ code: 'CREDENTIAL_KIND' });
  });
});

describe('after a restore', () => {
  it('nothing that was issued before is accepted, and it can be said when that was done', async () => {
    const token = await issue(olivia);
    const verifier = await issueVerifierCredential(installation.deps, { name: 'y', organizationIds: null });
    const digest = new Uint8Array(32).fill(7);
    const now = Date.now();
    await installation.deps.store.unitOfWork.run((tx) =>
      installation.deps.store.sessions.insert(tx, {
        digest,
        organizationId: 'acme',
        memberId: 'olivia',
        createdAt: now,
        lastSeenAt: now,
        expiresAt: now + 3_600_000,
      }),
    );
    const plan = await planRestored(installation.deps);
    expect(plan.lastRunAt).toBeNull();
    expect(plan.tokens).toBeGreaterThan(0);
    expect(plan.credentials).toBeGreaterThan(0);
    expect(plan.sessions).toBe(1);
    const incarnation = await installation.deps.store.feed.incarnation();
    await restored(installation.deps);
    expect(await accepted(token)).toBe(false);
    expect(await credentialAccepted(verifier.text)).toBe(false);
    expect(await installation.deps.store.sessions.find(digest)).toBeNull();
    // What followed the feed in the cluster that the dump is of follows nothing here.
    expect(await installation.deps.store.feed.incarnation()).not.toBe(incarnation);
    const after = await planRestored(installation.deps);
    expect(after).toMatchObject({ tokens: 0, credentials: 0, sessions: 0, lastRunAt: expect.any(Number) });
  });
});

describe('who verifies', () => {
  it('TENANT-WALL: nodes are shown by whether they are waited for, and not by name', async () => {
    const { feed } = installation.deps.store;
    const verifier = await registerFake(feed, 'host-7.internal');
    const shown = await gina.system.verifiers();
    expect(shown.nodes).toContainEqual({
      nodeId: verifier.verifierId,
      coherent: true,
      polledMsAgo: expect.any(Number),
    });
    expect(JSON.stringify(shown)).not.toContain('host-7.internal');
    await installation.sql(
      `update latchkey.verifier set polled_at = clock_timestamp() - interval '1 minute' where verifier_id = '${verifier.verifierId}'`,
    );
    const later = await gina.system.verifiers();
    expect(later.nodes).toContainEqual({
      nodeId: verifier.verifierId,
      coherent: false,
      polledMsAgo: expect.any(Number),
    });
    expect(later.leaseMs).toBe(2_000);
    await verifier.leave();
    const tokenId = (await gina.tokens.issue({ name: 'to be stopped' })).token.tokenId;
    const { settled } = await gina.tokens.revoke({ tokenId });
    expect(settled).toBe(true);
    expect((await gina.system.verifiers()).lastSettled).toMatchObject({ settledMs: expect.any(Number) });
  });
});
