import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let gina: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  gina = await installation.member('globex', 'gina');
});
afterAll(() => installation.close());

const flag = 'proj/shop:env/prod:flag/checkout';
let names = 0;
const issueAs = async (memberId: string, permissions?: Parameters<Caller['tokens']['issue']>[0]['permissions']) => {
  const member = await installation.member('globex', memberId);
  return member.tokens.issue({ name: `${memberId} ${++names}`, ...(permissions && { permissions }) });
};
const allowed = async (presentedToken: string, action: string, resource: unknown) => {
  const request = { action, resource: resource as string };
  const { decision } = await installation.verifier().verify.decide({ presentedToken, request });
  return decision?.effect === 'allow';
};

describe('the launchdarkly dialect', () => {
  it("a Reader's token reads and cannot write", async () => {
    const { tokenText } = await issueAs('rita');
    expect(await allowed(tokenText, 'viewProject', 'proj/shop')).toBe(true);
    expect(await allowed(tokenText, 'updateOn', flag)).toBe(false);
  });

  it('a Writer who becomes a Reader behaves as one, at once, and roles combine most permissively', async () => {
    const { tokenText } = await issueAs('wendy');
    expect(await allowed(tokenText, 'updateOn', flag)).toBe(true);
    await gina.members.setPolicies({ memberId: 'wendy', policyIds: ['reader'] });
    expect(await allowed(tokenText, 'updateOn', flag)).toBe(false);
    expect(await allowed(tokenText, 'viewProject', 'proj/shop')).toBe(true);
    // A role that allows is enough, whatever another one denies. (Custom roles stand instead of a base role.)
    const statements = [{ effect: 'allow', actions: ['updateOn'], resources: ['proj/*:env/*:flag/*'] }];
    const { policyId } = await gina.policies.create({ name: 'Switches', statements });
    await gina.members.setPolicies({ memberId: 'wendy', policyIds: ['production-read-only', policyId] });
    const critical = {
      segments: [
        { type: 'proj', key: 'shop' },
        { type: 'env', key: 'prod', tags: [], properties: { critical: 'true' } },
        { type: 'flag', key: 'checkout', tags: [], properties: {} },
      ],
    };
    expect(await allowed(tokenText, 'updateOn', critical)).toBe(true);
    await gina.members.setPolicies({ memberId: 'wendy', policyIds: ['production-read-only'] });
    expect(await allowed(tokenText, 'updateOn', critical)).toBe(false);
    await gina.members.setPolicies({ memberId: 'wendy', policyIds: ['writer'] });
  });

  it('tags and properties do what they say', async () => {
    const qa = await issueAs('quinn');
    expect(await allowed(qa.tokenText, 'updateOn', 'proj/shop:env/test;qa_1:flag/checkout')).toBe(true);
    expect(await allowed(qa.tokenText, 'updateOn', flag)).toBe(false);
    const paula = await issueAs('paula');
    const env = (critical: string) => ({
      segments: [
        { type: 'proj', key: 'shop', tags: [], properties: {} },
        { type: 'env', key: 'prod', tags: [], properties: { critical } },
        { type: 'flag', key: 'checkout', tags: [], properties: {} },
      ],
    });
    expect(await allowed(paula.tokenText, 'updateOn', env('true'))).toBe(false);
    expect(await allowed(paula.tokenText, 'updateOn', env('false'))).toBe(true);
    expect(await allowed(paula.tokenText, 'updateName', env('true'))).toBe(true);
  });

  it('notActions and notResources are taken, shown and enforced', async () => {
    const { token, tokenText } = await issueAs('gina', {
      type: 'statements',
      statements: [
        { effect: 'allow', notActions: ['delete*'], resources: ['proj/*:env/*:flag/*'] },
        { effect: 'allow', actions: ['viewProject'], notResources: ['proj/secret'] },
      ],
    });
    expect(token.permissions).toMatchObject({
      statements: [{ notActions: ['delete*'] }, { notResources: ['proj/secret'] }],
    });
    expect(await allowed(tokenText, 'updateOn', flag)).toBe(true);
    expect(await allowed(tokenText, 'deleteFlag', flag)).toBe(false);
    expect(await allowed(tokenText, 'viewProject', 'proj/shop')).toBe(true);
    expect(await allowed(tokenText, 'viewProject', 'proj/secret')).toBe(false);
  });

  it('a member manages its own tokens by the action of each verb, and nobody else those', async () => {
    const { token } = await issueAs('rita');
    const rita = await installation.member('globex', 'rita');
    const wendy = await installation.member('globex', 'wendy');
    await rita.tokens.rename({ tokenId: token.tokenId, name: 'renamed by rita' });
    expect((await refusal(wendy.tokens.rename({ tokenId: token.tokenId, name: 'x' }))).code).toBe('OWNER_ONLY');
    const { policyId } = await gina.policies.create({
      name: 'Own tokens, never again renamed',
      statements: [
        { effect: 'allow', actions: ['*'], resources: [`member/\${roleAttribute/memberId}:token/*`] },
        { effect: 'deny', actions: ['updateAccessTokenName'], resources: ['member/*:token/*'] },
      ],
    });
    await gina.members.setPolicies({ memberId: 'rita', policyIds: [policyId] });
    const demoted = await installation.member('globex', 'rita');
    expect(await refusal(demoted.tokens.rename({ tokenId: token.tokenId, name: 'x' }))).toMatchObject({
      code: 'NOT_ALLOWED',
      details: {
        action: 'updateAccessTokenName',
        resource: `member/rita:token/${token.tokenId}`,
        because: 'explicit_deny',
      },
    });
    expect(await demoted.tokens.revoke({ tokenId: token.tokenId })).toMatchObject({ settled: true });
  });

  it('a Reader issues no service token that writes, and one that reads goes on', async () => {
    await gina.members.setPolicies({ memberId: 'rita', policyIds: ['reader'] });
    const rita = await installation.member('globex', 'rita');
    const issue = (action: string, resource: string) =>
      rita.tokens.issue({
        kind: 'service',
        name: `service ${++names}`,
        permissions: {
          type: 'statements',
          statements: [{ effect: 'allow', actions: [action], resources: [resource] }],
        },
      });
    expect(await refusal(issue('updateOn', 'proj/*:env/*:flag/*'))).toMatchObject({
      code: 'PERMISSIONS_NOT_COVERED',
      details: { counterexample: { action: 'updateOn' } },
    });
    const { tokenText } = await issue('viewProject', 'proj/*');
    expect(await allowed(tokenText, 'viewProject', 'proj/shop')).toBe(true);
  });

  it('its keys are unknown to the other dialect', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const statements = [{ effect: 'allow', notActions: ['DeleteFlag'], resources: ['*'] }];
    expect(await refusal(olivia.policies.create({ name: 'Foreign', statements }))).toMatchObject({
      code: 'PERMISSIONS_INVALID',
      details: { problems: [{ path: 'statements[0].notActions' }, expect.anything()] },
    });
  });
});
