import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appRouter } from '../../src/trpc/router.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal, refusals } from '../refusal.ts';

let installation: Installation;
let gina: Caller;
let bearer: Caller;
let theirs: Record<
  'tokenId' | 'serviceTokenId' | 'memberId' | 'policyId' | 'groupId' | 'receipt' | 'tokenText',
  string
>;

beforeAll(async () => {
  installation = await openInstallation();
  const olivia = await installation.member('acme', 'olivia');
  const personal = await olivia.tokens.issue({ name: 'of acme' });
  const service = await olivia.tokens.issue({
    kind: 'service',
    name: 'service of acme',
    permissions: { type: 'ability', ability: 'read' },
  });
  const policy = await olivia.policies.create({
    name: 'of acme',
    statements: [{ effect: 'allow', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['*'] }],
  });
  const group = await olivia.groups.create({ name: 'of acme', policyIds: [policy.policyId], memberIds: [] });
  const member = await olivia.members.add({ email: 'ann@acme.example', name: 'Ann', policyIds: [policy.policyId] });
  const spare = await olivia.tokens.issue({ name: 'spare' });
  const stopped = await olivia.tokens.deactivate({ tokenId: spare.token.tokenId, wait: false });
  theirs = {
    tokenId: personal.token.tokenId,
    serviceTokenId: service.token.tokenId,
    memberId: member.memberId,
    policyId: policy.policyId,
    groupId: group.groupId,
    receipt: stopped.settled ? '' : stopped.receipt,
    tokenText: personal.tokenText,
  };
  // The Owner of the other organization, by session and by a token that may do all that she may.
  gina = await installation.member('globex', 'gina');
  const ticked = await gina.tokens.issue({ name: 'everything', permissions: { type: 'inherit', manageTokens: true } });
  bearer = await installation.token(ticked.tokenText);
});
afterAll(() => installation.close());

type Calls = (caller: Caller, ids: typeof theirs) => Promise<unknown>;

/** Every procedure that takes an id of something, with the id of somebody else's. */
const reaching: Readonly<Record<string, Calls>> = {
  'tokens.get': (as, { tokenId }) => as.tokens.get({ tokenId }),
  'tokens.get of a service token': (as, { serviceTokenId: tokenId }) => as.tokens.get({ tokenId }),
  'tokens.rename': (as, { tokenId }) => as.tokens.rename({ tokenId, name: 'ours' }),
  'tokens.describe': (as, { tokenId }) => as.tokens.describe({ tokenId, description: 'ours' }),
  'tokens.activate': (as, { tokenId }) => as.tokens.activate({ tokenId }),
  'tokens.deactivate': (as, { tokenId }) => as.tokens.deactivate({ tokenId }),
  'tokens.revoke': (as, { tokenId }) => as.tokens.revoke({ tokenId }),
  'tokens.revoke of a service token': (as, { serviceTokenId: tokenId }) => as.tokens.revoke({ tokenId }),
  'tokens.rotate': (as, { serviceTokenId: tokenId }) => as.tokens.rotate({ tokenId }),
  'tokens.cutGracePeriod': (as, { tokenId }) => as.tokens.cutGracePeriod({ tokenId }),
  'tokens.clone': (as, { tokenId }) => as.tokens.clone({ tokenId, name: 'ours' }),
  'tokens.clone of a service token': (as, { serviceTokenId: tokenId }) => as.tokens.clone({ tokenId, name: 'ours' }),
  'tokens.extend': (as, { serviceTokenId: tokenId }) => as.tokens.extend({ tokenId, expiresAt: null }),
  'tokens.changePermissions': (as, { tokenId }) =>
    as.tokens.changePermissions({ tokenId, permissions: { type: 'inherit' } }),
  'tokens.changePermissions of a service token': (as, { serviceTokenId: tokenId }) =>
    as.tokens.changePermissions({ tokenId, permissions: { type: 'inherit' } }),
  'tokens.bulk': (as, { memberId }) =>
    as.tokens.bulk({ action: 'revoke', filter: { ownerId: memberId }, expectedCount: 1 }),
  'tokens.handOver': (as, { tokenId }) => as.tokens.handOver({ tokenId, name: 'ours' }),
  'members.previewRemoval': (as, { memberId }) => as.members.previewRemoval({ memberId }),
  'tokens.locate': (as, { tokenId }) => as.tokens.locate({ tokenId }),
  'tokens.issue with their policy': (as, { policyId }) =>
    as.tokens.issue({ name: 'ours', permissions: { type: 'policies', policyIds: [policyId] } }),
  'permissions.preview': (as, { policyId }) =>
    as.permissions.preview({ permissions: { type: 'policies', policyIds: [policyId] } }),
  'permissions.explain': (as, { tokenId }) =>
    as.permissions.explain({ tokenId, request: { action: 'ToggleFlag', resource: 'project/shop' } }),
  'permissions.explain of a member': (as, { memberId }) =>
    as.permissions.explain({ memberId, request: { action: 'ToggleFlag', resource: 'project/shop' } }),
  'permissions.suggest': (as, { tokenId }) => as.permissions.suggest({ tokenId }),
  'permissions.suggest of a service token': (as, { serviceTokenId: tokenId }) => as.permissions.suggest({ tokenId }),
  'system.awaitSettled': (as, { receipt }) => as.system.awaitSettled({ receipt }),
  'members.get': (as, { memberId }) => as.members.get({ memberId }),
  'members.remove': (as, { memberId }) => as.members.remove({ memberId }),
  'members.previewPolicies': (as, { memberId }) => as.members.previewPolicies({ memberId, policyIds: ['owner'] }),
  'permissions.diff of a member': (as, { memberId }) =>
    as.permissions.diff({ before: { type: 'member' }, after: { type: 'member', memberId } }),
  'permissions.diff': (as, { policyId }) =>
    as.permissions.diff({ before: { type: 'member' }, after: { type: 'policies', policyIds: [policyId] } }),
  'members.setPolicies': (as, { memberId }) => as.members.setPolicies({ memberId, policyIds: ['owner'] }),
  'members.setPolicies with their policy': (as, { policyId }) =>
    as.members.setPolicies({ memberId: 'rita', policyIds: [policyId] }),
  'members.add to their group': (as, { groupId }) =>
    as.members.add({ email: 'new@globex.example', name: 'New', groupIds: [groupId] }),
  'policies.get': (as, { policyId }) => as.policies.get({ policyId }),
  'policies.update': (as, { policyId }) => as.policies.update({ policyId, revision: 1, name: 'ours' }),
  'policies.previewUpdate': (as, { policyId }) => as.policies.previewUpdate({ policyId, statements: [] }),
  'policies.remove': (as, { policyId }) => as.policies.remove({ policyId }),
  'policies.clone': (as, { policyId }) => as.policies.clone({ policyId, name: 'ours' }),
  'groups.get': (as, { groupId }) => as.groups.get({ groupId }),
  'groups.create with their member': (as, { memberId }) =>
    as.groups.create({ name: 'ours', policyIds: ['reader'], memberIds: [memberId] }),
  'groups.update': (as, { groupId }) => as.groups.update({ groupId, revision: 1, name: 'ours' }),
  'groups.remove': (as, { groupId }) => as.groups.remove({ groupId }),
  'groups.clone': (as, { groupId }) => as.groups.clone({ groupId, name: 'ours' }),
};

/** What takes no id of anything: lists, one's own, and what only verifiers may call. */
const WITHOUT_IDS = [
  'audit.export',
  'audit.list',
  'audit.verifyChain',
  'groups.list',
  'members.list',
  // Of one's own alone: ids of others are passed over, as a test of its own tries.
  'notifications.list',
  'notifications.markRead',
  'permissions.catalogue',
  'permissions.decide',
  'permissions.mine',
  'permissions.templates',
  'policies.create',
  'policies.list',
  'self.effectivePermissions',
  'self.revoke',
  'self.rotate',
  'self.signOut',
  'self.whoami',
  'settings.get',
  'settings.update',
  'system.capturedMail',
  'system.demo',
  'system.health',
  'system.verifiers',
  // Of one's own organization, or of all of them by an operator.
  'system.emergency',
  'system.emergencyOfInstallation',
  'tokens.isNameTaken',
  'tokens.list',
  'verify.decide',
  'verify.lookUp',
  'verify.poll',
  'verify.subscribe',
  'verify.verify',
];

const nobodys = {
  tokenId: 'zzzzzzzzzzzzzzzz',
  serviceTokenId: 'zzzzzzzzzzzzzzzz',
  memberId: 'no-such-member',
  policyId: 'no-such-policy',
  groupId: 'no-such-group',
  receipt: 'cursor-1.a.1.zzzz',
  tokenText: '',
};

/** Everything that acme has, but for what other tests of this file read. */
const acme = () =>
  installation.sql(`
    select (select json_agg(t order by t.token_id) from latchkey.token t where t.organization_id = 'acme') as tokens,
           (select json_agg(m order by m.member_id) from iam.member m where m.organization_id = 'acme') as members,
           (select json_agg(p order by p.policy_id) from iam.policy p where p.organization_id = 'acme') as policies,
           (select json_agg(g order by g.group_id) from iam."group" g where g.organization_id = 'acme') as groups,
           (select count(*) from latchkey.audit_event a where a.organization_id = 'acme') as events`);

describe('TENANT-WALL', () => {
  it('every procedure is crawled', () => {
    const crawled = new Set([...Object.keys(reaching).map((name) => name.split(' ')[0]), ...WITHOUT_IDS]);
    expect([...crawled].sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
  });

  it.each(Object.entries(reaching))('%s answers as if there were no such thing', async (_, call) => {
    const before = await acme();
    for (const caller of [gina, bearer]) {
      const refused = await refusal(call(caller, theirs));
      expect(refused).toEqual(await refusal(call(caller, nobodys)));
      expect(['CONFLICT', 'NOT_FOUND', 'BAD_INPUT', 'PERMISSIONS_INVALID', 'NOT_ALLOWED']).toContain(refused.code);
    }
    expect(await acme()).toEqual(before);
  });

  it('no list shows anything of it, whatever it is filtered by', async () => {
    for (const caller of [gina, bearer]) {
      const lists = await Promise.all([
        caller.tokens.list({ ownerId: 'olivia' }),
        caller.tokens.list({ issuerId: 'olivia' }),
        caller.tokens.list({ nameContains: 'acme' }),
        caller.members.list({ search: 'ann', includeRemoved: true }),
        caller.audit.list({ actorId: 'olivia' }),
        caller.audit.list({ targetId: theirs.tokenId }),
      ]);
      expect(lists.flatMap(({ items }) => items as readonly unknown[])).toEqual([]);
      expect(await caller.tokens.isNameTaken({ name: 'of acme' })).toEqual({ taken: false, problems: [] });
      const everything = JSON.stringify(
        await Promise.all([
          caller.tokens.list(),
          caller.members.list(),
          caller.policies.list(),
          caller.groups.list(),
          caller.audit.list(),
          caller.audit.verifyChain(),
          caller.permissions.mine(),
          caller.self.whoami(),
          caller.system.verifiers(),
        ]),
      );
      expect(await caller.tokens.isNameTaken({ name: 'of acme' })).toMatchObject({ taken: false });
      for (const id of [theirs.tokenId, theirs.memberId, theirs.policyId, theirs.groupId, 'acme']) {
        expect(everything).not.toContain(id);
      }
    }
  });

  it('no cursor of another organization, list or filter is taken', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const { nextCursor } = await olivia.tokens.list({ limit: 1 });
    expect(nextCursor).not.toBeNull();
    const cursor = nextCursor ?? '';
    // Two lists that are filtered by nothing: only their names keep their cursors apart.
    const { nextCursor: ofPolicies } = await olivia.policies.list({ limit: 1 });
    expect((await olivia.policies.list({ limit: 1, cursor: ofPolicies ?? '' })).items).toHaveLength(1);
    const calls = [
      gina.tokens.list({ limit: 1, cursor }),
      olivia.tokens.list({ limit: 1, cursor, sort: 'name' }),
      olivia.tokens.list({ limit: 1, cursor, kind: 'personal' }),
      olivia.members.list({ limit: 1, cursor }),
      olivia.groups.list({ limit: 1, cursor: ofPolicies ?? '' }),
      olivia.tokens.list({ limit: 1, cursor: `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}` }),
      olivia.tokens.list({ limit: 1, cursor: 'cursor-1.e30.' }),
      olivia.tokens.list({ limit: 1, cursor: '' }),
    ];
    for (const refused of await refusals(calls)) expect(refused).toEqual({ code: 'CURSOR_INVALID', details: {} });
    expect((await olivia.tokens.list({ limit: 1, cursor })).items).toHaveLength(1);
  });

  it('a verifier of some organizations learns of the tokens of others what it learns of made-up ones', async () => {
    const { tokenText: presentedToken } = theirs;
    const request = { action: 'ToggleFlag', resource: 'project/shop:env/dev:flag/checkout' };
    const { verify } = installation.verifier(['globex']);
    expect(await verify.verify({ presentedToken })).toEqual(await verify.verify({ presentedToken: 'made up' }));
    expect(await verify.decide({ presentedToken, request })).toEqual({
      verdict: { accepted: false, status: 401 },
      decision: null,
    });
    const { answers } = await verify.lookUp({ tokens: [{ presentedToken }, { presentedToken: 'made up' }] });
    expect(answers.map(({ finding }) => finding)).toEqual([{ outcome: 'unknown' }, { outcome: 'unknown' }]);
    expect(await installation.verifier(['acme']).verify.verify({ presentedToken })).toMatchObject({ accepted: true });
  });
});
