import type { Tx } from '@latchkey/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordMemberRemoved } from '../../src/server/member-removed.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusals } from '../refusal.ts';
import { inOrder, outcomeOf } from './in-order.ts';

let installation: Installation;
let olivia: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
});
afterAll(() => installation.close());

const SERVES = { accepted: true };
const REFUSED = { accepted: false, status: 401 };
const OWNER_REMOVED = { accepted: false, status: 403, reason: 'owner_removed' };
const verify = (presentedToken: string) => installation.verifier().verify.verify({ presentedToken });

let email: string;
let memberId: string;
let mia: Caller;
let tokenId: string;
let old: string;
let count = 0;
beforeEach(async () => {
  email = `mia-${++count}@acme.example`;
  ({ memberId } = await olivia.members.add({ email, name: 'Mia', policyIds: ['developer'] }));
  mia = await installation.member('acme', memberId);
  const issued = await mia.tokens.issue({ name: `raced ${count}` });
  ({ tokenId } = issued.token);
  old = issued.tokenText;
});

/** Everybody who does something to this token waits here. */
const itsRow = (tx: Tx) => installation.deps.store.tokens.findForUpdate('acme', tokenId, tx);
/** Everybody whose permissions have to stand still, and whoever would change those of anybody. */
const permissions = (tx: Tx) => installation.deps.directory.organizations.lock(tx, 'acme');
const reads = {
  type: 'statements' as const,
  statements: [{ effect: 'allow', resourceType: 'project', actions: ['CanAccessProject'], resources: ['project/*'] }],
};

describe('a rotation', () => {
  it('ONE-ROTATION: that waited for another one finds its grace period', async () => {
    const rotate = () => mia.tokens.rotate({ tokenId });
    const [first, second] = await inOrder(installation, itsRow, rotate, rotate);
    expect(second).toEqual({ code: 'ROTATION_IN_GRACE' });
    for (const text of ['answer' in first ? first.answer.tokenText : '', old])
      expect(await verify(text)).toMatchObject(SERVES);
  });

  it('that says to cut the older secret cuts the one before the other rotation, and not the other one’s', async () => {
    const rotate = () => mia.tokens.rotate({ tokenId, cutOlder: true });
    const [first, second] = await inOrder(installation, itsRow, rotate, rotate);
    expect(await verify(old)).toEqual(REFUSED);
    for (const outcome of [first, second]) {
      expect(await verify('answer' in outcome ? outcome.answer.tokenText : '')).toMatchObject(SERVES);
    }
    expect((await mia.tokens.get({ tokenId })).secrets.map(({ number }) => number)).toEqual([3, 2]);
  });

  it('TERMINAL: that a revocation overtakes reveals nothing', async () => {
    const revoke = () => mia.tokens.revoke({ tokenId });
    const [revoked, rotated] = await inOrder(installation, itsRow, revoke, () => mia.tokens.rotate({ tokenId }));
    expect([revoked, rotated]).toMatchObject([{ answer: { token: { status: 'revoked' } } }, { code: 'TOKEN_REVOKED' }]);
    expect(await verify(old)).toEqual(REFUSED);
  });

  it('TERMINAL: that comes just before a revocation reveals what the revocation ends', async () => {
    const rotate = () => mia.tokens.rotate({ tokenId });
    const [rotated] = await inOrder(installation, itsRow, rotate, () => olivia.tokens.revoke({ tokenId }));
    if (!('answer' in rotated)) throw new Error(rotated.code);
    for (const text of [old, rotated.answer.tokenText]) expect(await verify(text)).toEqual(REFUSED);
  });

  it("GATE-FIRST: that its owner's removal overtakes reveals nothing", async () => {
    const remove = () => olivia.members.remove({ memberId });
    const [, rotated] = await inOrder(installation, permissions, remove, () => mia.tokens.rotate({ tokenId }));
    expect(rotated).toEqual({ code: 'UNAUTHORIZED' });
    expect(await verify(old)).toEqual(OWNER_REMOVED);
  });

  it("GATE-FIRST: that comes just before its owner's removal reveals what the removal ends", async () => {
    const rotate = () => mia.tokens.rotate({ tokenId });
    const [rotated, removed] = await inOrder(installation, permissions, rotate, () =>
      olivia.members.remove({ memberId }),
    );
    if (!('answer' in rotated)) throw new Error(rotated.code);
    expect(removed).toMatchObject({ answer: { settled: true } });
    for (const text of [old, rotated.answer.tokenText]) expect(await verify(text)).toEqual(OWNER_REMOVED);
  });

  it('of a service token goes on past the removal of whoever rotates it, or doesn’t begin', async () => {
    const bot = await mia.tokens.issue({ kind: 'service', name: `bot ${count}`, permissions: reads });
    const rotate = () => mia.tokens.rotate({ tokenId: bot.token.tokenId, cutOlder: true });
    const [rotated] = await inOrder(installation, permissions, rotate, () => olivia.members.remove({ memberId }));
    if (!('answer' in rotated)) throw new Error(rotated.code);
    for (const text of [bot.tokenText, rotated.answer.tokenText]) expect(await verify(text)).toMatchObject(SERVES);
    expect(await outcomeOf(rotate())).toEqual({ code: 'UNAUTHORIZED' });
  });
});

describe('issuing', () => {
  it('GATE-FIRST: just before the removal gives a token that the removal ends', async () => {
    const { settings } = installation.deps.store;
    const held = await installation.hold();
    await settings.lockForUpdate(held.tx, 'acme');
    // By then it has its owner's gate; the removal needs that, and waits behind it.
    const issuing = mia.tokens.issue({ name: `late ${count}` });
    await expect.poll(() => installation.waiting(), { timeout: 30_000 }).toBe(1);
    const removing = olivia.members.remove({ memberId });
    await expect.poll(() => installation.waiting(), { timeout: 30_000 }).toBe(2);
    await held.commit();
    const { tokenText } = await issuing;
    await removing;
    expect(await verify(tokenText)).toEqual(OWNER_REMOVED);
  });

  it('GATE-FIRST: while the removal is about to commit gives nothing', async () => {
    const held = await installation.hold();
    const { directory, store } = installation.deps;
    await directory.members.remove(held.tx, 'acme', memberId);
    const removal = { organizationId: 'acme', memberId, removedBy: { type: 'member' as const, id: 'olivia' } };
    await recordMemberRemoved({ store }, held.tx, removal);
    const issuing = outcomeOf(mia.tokens.issue({ name: `too late ${count}` }));
    await expect.poll(() => installation.waiting(), { timeout: 30_000 }).toBe(1);
    await held.commit();
    expect(await issuing).toEqual({ code: 'UNAUTHORIZED' });
    const rows = await installation.sql('select name from latchkey.token where owner_id = ?', [memberId]);
    expect(rows).toEqual([{ name: `raced ${count}` }]);
  });

  it.each(['first', 'second'] as const)(
    'of a service token and the removal of its issuer, which comes %s',
    async (removal) => {
      const name = `bot of the leaver ${count}`;
      const issue = () => mia.tokens.issue({ kind: 'service', name, permissions: reads });
      const remove = () => olivia.members.remove({ memberId });
      if (removal === 'first') {
        const [, issued] = await inOrder(installation, permissions, remove, issue);
        expect(issued).toEqual({ code: 'UNAUTHORIZED' });
        return;
      }
      const [issued] = await inOrder(installation, permissions, issue, remove);
      // A service token outlives everybody.
      expect(await verify('answer' in issued ? issued.answer.tokenText : '')).toMatchObject(SERVES);
    },
  );

  it.each(['first', 'second'] as const)('COVERED-AT-ISSUE: and a demotion, which comes %s', async (demotion) => {
    const permissionsOfFlags = {
      type: 'statements' as const,
      statements: [
        { effect: 'allow', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['project/shop:env/dev:flag/*'] },
      ],
    };
    const manages = [
      {
        effect: 'allow',
        resourceType: 'access-token',
        actions: ['ManageServiceAccessTokens'],
        resources: ['access-token/*'],
      },
    ];
    const { policyId } = await olivia.policies.create({ name: `Manages ${count}`, statements: manages });
    const name = `bot of the demoted ${count}`;
    const issue = () => mia.tokens.issue({ kind: 'service', name, permissions: permissionsOfFlags });
    const demote = () => olivia.members.setPolicies({ memberId, policyIds: [policyId] });
    if (demotion === 'first') {
      const [, issued] = await inOrder(installation, permissions, demote, issue);
      expect(issued).toEqual({ code: 'PERMISSIONS_NOT_COVERED' });
      return;
    }
    const [issued] = await inOrder(installation, permissions, issue, demote);
    expect(issued).toMatchObject({ answer: { token: { status: 'active' } } });
  });

  it('of a limit’s last places, by issue, clone and hand-over at once, gives no more than there are', async () => {
    const [before] = await installation.sql<{ count: number }>(
      "select count(*)::int as count from latchkey.token where organization_id = 'acme' and state <> 'revoked'",
    );
    const ofOrganization = (before?.count ?? 0) + 4;
    await olivia.settings.update({ maxTokens: { ofMember: null, ofOrganization } });
    const narrow = await olivia.settings.get();
    expect(narrow.settings.maxTokens.ofOrganization).toBe(ofOrganization);
    const calls = Array.from({ length: 24 }, (_, index) => {
      const name = `place ${count}-${index}`;
      if (index % 3 === 0) return mia.tokens.clone({ tokenId, name });
      if (index % 3 === 1) return mia.tokens.handOver({ tokenId, name, permissions: reads });
      return mia.tokens.issue({ name });
    });
    const outcomes = await Promise.allSettled<unknown>(calls);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [Promise.reject(outcome.reason)] : [],
    );
    for (const { code } of await refusals(refused)) expect(code).toBe('TOO_MANY_TOKENS');
    await olivia.settings.update({ maxTokens: { ofMember: null, ofOrganization: null } });
  });
});

describe('a removal and a return', () => {
  const back = () => olivia.members.add({ email, name: 'Mia', policyIds: ['developer'] });
  const remove = () => olivia.members.remove({ memberId });

  it('TERMINAL: who returns right behind the removal is somebody new', async () => {
    const [, returned] = await inOrder(installation, permissions, remove, back);
    if (!('answer' in returned)) throw new Error(returned.code);
    expect(returned.answer.memberId).not.toBe(memberId);
    expect(await verify(old)).toEqual(OWNER_REMOVED);
    const again = await installation.member('acme', returned.answer.memberId);
    expect(await verify((await again.tokens.issue({ name: `new ${count}` })).tokenText)).toMatchObject(SERVES);
  });

  it('who returns before the removal is still here, and then isn’t', async () => {
    const [returned] = await inOrder(installation, permissions, back, remove);
    expect(returned).toEqual({ code: 'EMAIL_TAKEN' });
    expect(await verify(old)).toEqual(OWNER_REMOVED);
  });

  it('TERMINAL: many of both at once leave one membership at most, and its tokens alone', async () => {
    const outcomes = await Promise.allSettled<unknown>([remove(), back(), remove(), back(), remove(), back()]);
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [Promise.reject(outcome.reason)] : [],
    );
    for (const { code } of await refusals(refused)) expect(code).toBe('EMAIL_TAKEN');
    const rows = await installation.sql<{ status: string }>('select status from iam.member where email = ?', [email]);
    expect(rows.filter(({ status }) => status === 'active').length).toBeLessThanOrEqual(1);
    expect(await verify(old)).toEqual(OWNER_REMOVED);
  });
});
