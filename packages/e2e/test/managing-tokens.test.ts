import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, startInstallation } from './harness/installation.ts';
import { type MemberSession, refusalOf } from './harness/session.ts';

let latchkey: Installation;
let olivia: MemberSession;
let dana: MemberSession;
beforeAll(async () => {
  latchkey = await startInstallation();
  [olivia, dana] = [await latchkey.signIn('acme', 'olivia'), await latchkey.signIn('acme', 'dana')];
});
afterAll(() => latchkey?.stop());

const LIST = 'ListAccessTokens';
const PERSONAL = 'ManagePersonalAccessTokens';
const SERVICE = 'ManageServiceAccessTokens';

const readEnvironments = {
  type: 'statements' as const,
  statements: [{ resourceType: 'env', effect: 'allow', actions: ['CanAccessEnv'], resources: ['project/*:env/*'] }],
};

const statements = (...actions: string[]) => [
  ...(actions.length > 0
    ? [{ resourceType: 'access-token', effect: 'allow', actions, resources: ['access-token/*'] }]
    : []),
  ...readEnvironments.statements,
];

/** A member whose only policy allows these token-managing actions. */
const memberWith = async (name: string, ...actions: string[]) => {
  const policy = await olivia.api.policies.create.mutate({
    name: `policy of ${name}`,
    statements: statements(...actions),
  });
  const { memberId } = await olivia.api.members.add.mutate({
    email: `${name}@acme.example`,
    name,
    policyIds: [policy.policyId],
  });
  return { policy, memberId, session: await latchkey.signIn('acme', memberId) };
};

describe('who may manage tokens', () => {
  it("without the permission to list, one sees nothing but one's own tokens", async () => {
    const { session } = await memberWith('ivan', PERSONAL);
    const own = await session.api.tokens.issue.mutate({ name: "ivan's own" });
    const others = await dana.api.tokens.issue.mutate({ name: "dana's own" });
    const { items } = await session.api.tokens.list.query();
    expect(items.map(({ tokenId }) => tokenId)).toEqual([own.token.tokenId]);
    expect((await refusalOf(session.api.tokens.get.query({ tokenId: others.token.tokenId }))).code).toBe('NOT_FOUND');
    const seen = (await dana.api.tokens.list.query({ limit: 200 })).items.map(({ tokenId }) => tokenId);
    expect(seen).toEqual(expect.arrayContaining([own.token.tokenId, others.token.tokenId]));
  });

  it('without the permission to manage personal tokens, none is issued, renamed, rotated, stopped or started', async () => {
    const { session, policy } = await memberWith('judy', PERSONAL, LIST);
    const { token } = await session.api.tokens.issue.mutate({ name: 'from better days' });
    const { tokenId } = token;
    await olivia.api.policies.update.mutate({
      policyId: policy.policyId,
      revision: policy.revision,
      statements: statements(LIST),
    });
    const { tokens } = session.api;
    const attempts = [
      tokens.issue.mutate({ name: 'another' }),
      tokens.rename.mutate({ tokenId, name: 'x' }),
      tokens.describe.mutate({ tokenId, description: 'x' }),
      tokens.rotate.mutate({ tokenId }),
      tokens.deactivate.mutate({ tokenId }),
      tokens.activate.mutate({ tokenId }),
      tokens.revoke.mutate({ tokenId }),
    ];
    for (const refused of await Promise.all(attempts.map(refusalOf))) expect(refused.code).toBe('NOT_ALLOWED');
    expect((await tokens.get.query({ tokenId })).name).toBe('from better days');
  });

  it('without the permission to manage service tokens, none is issued or touched', async () => {
    const { token } = await dana.api.tokens.issue.mutate({
      kind: 'service',
      name: 'not yours',
      permissions: readEnvironments,
    });
    const { tokenId } = token;
    const { session } = await memberWith('kim', PERSONAL, LIST);
    const { tokens } = session.api;
    const attempts = [
      tokens.issue.mutate({ kind: 'service', name: 'mine', permissions: readEnvironments }),
      tokens.rename.mutate({ tokenId, name: 'x' }),
      tokens.rotate.mutate({ tokenId }),
      tokens.deactivate.mutate({ tokenId }),
      tokens.revoke.mutate({ tokenId }),
    ];
    for (const refused of await Promise.all(attempts.map(refusalOf))) expect(refused.code).toBe('NOT_ALLOWED');
  });

  it("leaves another member's personal token to its owner; an administrator may stop it, and nothing else", async () => {
    const { token } = await dana.api.tokens.issue.mutate({ name: "dana's alone" });
    const { tokenId } = token;
    const { session } = await memberWith('lee', PERSONAL, SERVICE, LIST);
    expect((await refusalOf(session.api.tokens.revoke.mutate({ tokenId }))).httpStatus).toBe(403);
    const adam = await latchkey.signIn('acme', 'adam');
    expect((await refusalOf(adam.api.tokens.rotate.mutate({ tokenId }))).httpStatus).toBe(403);
    expect((await refusalOf(adam.api.tokens.rename.mutate({ tokenId, name: 'x' }))).httpStatus).toBe(403);
    expect((await adam.api.tokens.deactivate.mutate({ tokenId })).token.status).toBe('inactive');
    expect((await adam.api.tokens.revoke.mutate({ tokenId })).token.status).toBe('revoked');
  });

  it('counts a policy edit at once: what was visible before it is gone after it', async () => {
    const { session, policy } = await memberWith('max', PERSONAL, LIST, SERVICE);
    expect((await session.api.tokens.list.query()).items.length).toBeGreaterThan(0);
    await olivia.api.policies.update.mutate({
      policyId: policy.policyId,
      revision: policy.revision,
      statements: statements(),
    });
    expect((await session.api.tokens.list.query()).items).toEqual([]);
  });

  it('hands nobody more than the actor has: an administrator makes no Owner (NO-SELF-HELP)', async () => {
    const adam = await latchkey.signIn('acme', 'adam');
    const { revision } = await adam.api.groups.get.query({ groupId: 'platform-team' });
    const attempts = [
      adam.api.members.setPolicies.mutate({ memberId: 'adam', policyIds: ['owner'] }),
      adam.api.groups.update.mutate({ groupId: 'platform-team', revision, policyIds: ['owner'] }),
      adam.api.members.add.mutate({ email: 'evil@acme.example', name: 'Evil', policyIds: ['owner'] }),
    ];
    for (const refused of await Promise.all(attempts.map(refusalOf))) expect(refused.code).toBe('GRANT_NOT_COVERED');
  });
});
