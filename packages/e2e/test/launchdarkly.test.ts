import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagsOf } from './harness/example-service.ts';
import { type Installation, startInstallation } from './harness/installation.ts';
import { type MemberSession, refusalOf } from './harness/session.ts';

let latchkey: Installation;
let gina: MemberSession;
beforeAll(async () => {
  latchkey = await startInstallation();
  gina = await latchkey.signIn('globex', 'gina');
});
afterAll(() => latchkey?.stop());

let count = 0;
const tokenOf = async (memberId: string) => {
  const session = await latchkey.signIn('globex', memberId);
  return (await session.api.tokens.issue.mutate({ name: `token ${++count} of ${memberId}` })).tokenText;
};
const flags = () => flagsOf(latchkey, 'globex');

describe('an organization in the LaunchDarkly dialect', () => {
  it("lets a Reader's token read and not write", async () => {
    const token = await tokenOf('rita');
    expect((await flags().list(token)).status).toBe(200);
    expect((await flags().toggle(token)).status).toBe(403);
  });

  it('makes a Writer who was made a Reader behave as a Reader, with the same token', async () => {
    const token = await tokenOf('wendy');
    expect((await flags().toggle(token)).status).toBe(200);
    await gina.api.members.setPolicies.mutate({ memberId: 'wendy', policyIds: ['reader'] });
    expect((await flags().list(token)).status).toBe(200);
    expect((await flags().toggle(token)).status).toBe(403);
  });

  it('reads tags: QA acts on what is tagged qa_*, and nowhere else', async () => {
    const token = await tokenOf('quinn');
    expect((await flags().toggle(token, 'checkout', 'dev')).status).toBe(200);
    expect((await flags().toggle(token, 'checkout', 'prod')).status).toBe(403);
  });

  it('reads properties: nothing is switched where the environment is critical', async () => {
    const token = await tokenOf('paula');
    expect((await flags().toggle(token, 'checkout', 'prod')).status).toBe(403);
    expect((await flags().toggle(token, 'checkout', 'dev')).status).toBe(200);
    expect((await flags().remove(token, 'dark-mode', 'prod')).status).toBe(204);
  });

  it('combines roles most permissively: a deny in one role stops that role alone', async () => {
    const token = await tokenOf('paula');
    expect((await flags().toggle(token, 'checkout', 'prod')).status).toBe(403);
    const policy = await gina.api.policies.create.mutate({
      name: 'On-call',
      statements: [{ effect: 'allow', actions: ['updateOn'], resources: ['proj/*:env/*:flag/*'] }],
    });
    const { groupIds } = await gina.api.members.get.query({ memberId: 'paula' });
    await gina.api.members.setPolicies.mutate({
      memberId: 'paula',
      policyIds: ['production-read-only', policy.policyId],
      groupIds,
    });
    expect((await flags().toggle(token, 'checkout', 'prod')).status).toBe(200);
  });

  it('reads notActions and notResources', async () => {
    const policy = await gina.api.policies.create.mutate({
      name: 'All but removal, all but checkout',
      statements: [
        { effect: 'allow', notActions: ['delete*'], resources: ['proj/*:env/*:flag/*'] },
        { effect: 'deny', actions: ['*'], notResources: ['proj/*:env/*:flag/push', 'member/*:token/*'] },
      ],
    });
    const { memberId } = await gina.api.members.add.mutate({
      email: 'nina@globex.example',
      name: 'Nina',
      policyIds: [policy.policyId],
      groupIds: ['token-holders'],
    });
    const token = await tokenOf(memberId);
    expect((await flags().toggle(token, 'push', 'staging', 'mobile')).status).toBe(200);
    expect((await flags().remove(token, 'push', 'staging', 'mobile')).status).toBe(403);
    expect((await flags().toggle(token, 'checkout', 'dev')).status).toBe(403);
  });

  it('fills role attributes in: members manage their own tokens, by their own id', async () => {
    const rita = await latchkey.signIn('globex', 'rita');
    const { token } = await rita.api.tokens.issue.mutate({ name: "rita's second" });
    expect((await rita.api.tokens.rename.mutate({ tokenId: token.tokenId, name: 'renamed' })).name).toBe('renamed');
    const arthur = await latchkey.signIn('globex', 'arthur');
    expect((await refusalOf(arthur.api.tokens.rotate.mutate({ tokenId: token.tokenId }))).httpStatus).toBe(403);
    expect((await arthur.api.tokens.revoke.mutate({ tokenId: token.tokenId })).token.status).toBe('revoked');
  });
});
