import type { Host } from '@latchkey/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
});
afterAll(() => installation.close());

const verify = (presentedToken: string) => installation.verifier().verify.verify({ presentedToken });
const removed = { accepted: false, status: 403, reason: 'owner_removed' };

it("GATE-FIRST: a member's removal refuses all its personal tokens, with no worker running", async () => {
  const dana = await installation.member('acme', 'dana');
  const texts = await Promise.all(
    ['one', 'two', 'three'].map(async (name) => (await dana.tokens.issue({ name })).tokenText),
  );
  expect(await olivia.members.remove({ memberId: 'dana', reason: 'left' })).toMatchObject({
    settled: true,
    member: { memberId: 'dana', status: 'removed', policyIds: [], groupIds: [] },
  });
  for (const text of texts) expect(await verify(text)).toEqual(removed);
  // What tidies the rows is recorded with the removal, and so is the one audit event.
  const jobs = await installation.sql<{ payload: unknown }>(
    "select payload from latchkey.outbox_message where name = 'cascade-member-removal'",
  );
  expect(jobs).toEqual([
    {
      payload: {
        organizationId: 'acme',
        memberId: 'dana',
        removedBy: { type: 'member', id: 'olivia' },
        requestId: 'request-1',
      },
    },
  ]);
  // Said again it is the same effect.
  expect(await olivia.members.remove({ memberId: 'dana' })).toMatchObject({ settled: true });
  const { items } = await olivia.audit.list({ targetId: 'dana' });
  expect(items).toEqual([expect.objectContaining({ action: 'member.removed', reason: 'left', address: '192.0.2.7' })]);
});

it('a removed member does nothing more, in a call that has begun before either', async () => {
  const { memberId } = await olivia.members.add({
    email: 'ned@acme.example',
    name: 'Ned',
    policyIds: ['administrator'],
  });
  const ned = await installation.member('acme', memberId);
  const { token, tokenText } = await ned.tokens.issue({
    name: 'ned',
    permissions: { type: 'inherit', manageTokens: true },
  });
  const bearer = await installation.token(tokenText);
  await olivia.members.remove({ memberId });
  for (const caller of [ned, bearer]) {
    expect((await refusal(caller.tokens.issue({ name: 'too late' }))).code).toBe('UNAUTHORIZED');
    expect((await refusal(caller.tokens.rotate({ tokenId: token.tokenId }))).code).toBe('UNAUTHORIZED');
    expect((await refusal(caller.members.remove({ memberId: 'devin' }))).code).toBe('UNAUTHORIZED');
  }
});

it('TERMINAL: a member who returns revives nothing, and nobody activates what its removal ended', async () => {
  const email = 'rey@acme.example';
  const { memberId } = await olivia.members.add({ email, name: 'Rey', policyIds: ['developer'] });
  const rey = await installation.member('acme', memberId);
  const { token, tokenText } = await rey.tokens.issue({ name: 'rey' });
  await olivia.members.remove({ memberId });
  const again = await olivia.members.add({ email, name: 'Rey', policyIds: ['developer'] });
  expect(again.memberId).not.toBe(memberId);
  expect(await verify(tokenText)).toEqual(removed);
  // Even where a host brings the old membership back: the gate stays closed.
  const { host } = installation.deps;
  const forgetful: Host = {
    ...host,
    findMember: async (...asked) => {
      const member = await host.findMember(...asked);
      return member && { ...member, status: 'active' };
    },
  };
  const verdict = await installation
    .verifier(undefined, { host: forgetful })
    .verify.verify({ presentedToken: tokenText });
  expect(verdict).toEqual(removed);
  const returned = installation.as(await installation.principal('acme', memberId), { host: forgetful });
  expect((await refusal(returned.tokens.activate({ tokenId: token.tokenId }))).code).toBe('UNAUTHORIZED');
  expect(await olivia.tokens.revoke({ tokenId: token.tokenId })).toMatchObject({ token: { status: 'revoked' } });
});

it('the last Owner is neither removed nor demoted', async () => {
  expect((await refusal(olivia.members.remove({ memberId: 'olivia' }))).code).toBe('LAST_OWNER');
  expect((await refusal(olivia.members.setPolicies({ memberId: 'olivia', policyIds: [] }))).code).toBe('LAST_OWNER');
  expect(await olivia.members.get({ memberId: 'olivia' })).toMatchObject({ status: 'active', policyIds: ['owner'] });
  expect((await olivia.audit.list({ targetId: 'olivia' })).items).toEqual([]);
});

it('two administrators who remove each other at once: one is removed', async () => {
  const [a, b] = await Promise.all(
    ['x@acme.example', 'y@acme.example'].map((email) =>
      olivia.members.add({ email, name: 'Rival', policyIds: ['administrator'] }),
    ),
  );
  const ids = [a?.memberId ?? '', b?.memberId ?? ''] as const;
  const [first, second] = await Promise.all(ids.map((id) => installation.member('acme', id)));
  const outcomes = await Promise.allSettled([
    first?.members.remove({ memberId: ids[1] }),
    second?.members.remove({ memberId: ids[0] }),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      expect((await refusal(Promise.reject(outcome.reason))).code).toBe('UNAUTHORIZED');
  }
});
