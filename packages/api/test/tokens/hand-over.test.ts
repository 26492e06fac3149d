import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
let leaver: Caller;
let memberId: string;
let count = 0;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
});
afterAll(() => installation.close());
beforeEach(async () => {
  count += 1;
  ({ memberId } = await olivia.members.add({
    email: `leaver${count}@acme.example`,
    name: 'Leaver',
    policyIds: ['developer'],
  }));
  leaver = await installation.member('acme', memberId);
});

const statement = (resourceType: string, action: string, resource: string) => ({
  effect: 'allow',
  resourceType,
  actions: [action],
  resources: [resource],
});
const toggles = { type: 'statements', statements: [statement('flag', 'ToggleFlag', 'project/shop:env/*:flag/*')] };
const administers = { type: 'statements', statements: [statement('iam', 'CanManageIAM', 'iam/*')] };
const decide = async (presentedToken: string, action: string, resource = 'project/shop:env/dev:flag/x') => {
  const { decision } = await installation.verifier().verify.decide({ presentedToken, request: { action, resource } });
  return decision?.effect ?? 'refused';
};
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

describe('handing over', () => {
  it('issues a service token that may do the same, and outlives the removal of the owner', async () => {
    const personal = await leaver.tokens.issue({
      name: `deploys ${count}`,
      permissions: toggles as never,
      addressRanges: ['192.0.2.0/24', '198.51.100.0/24'],
    });
    const { tokenId } = personal.token;
    const taken = await olivia.tokens.handOver({ tokenId, name: `deploys for acme ${count}`, addressRanges: [] });
    expect(taken.token).toMatchObject({
      kind: 'service',
      ownerId: null,
      issuer: { type: 'member', id: 'olivia' },
      permissions: { type: 'frozen', source: { type: 'statements' } },
    });
    // Until the removal both work; each has its own secret.
    expect(taken.tokenText).not.toBe(personal.tokenText);
    expect(await decide(taken.tokenText, 'ToggleFlag')).toBe('allow');
    expect((await olivia.tokens.get({ tokenId })).status).toBe('active');
    await olivia.members.remove({ memberId });
    expect(await decide(personal.tokenText, 'ToggleFlag')).toBe('refused');
    expect(await decide(taken.tokenText, 'ToggleFlag')).toBe('allow');
    expect(await decide(taken.tokenText, 'DeleteFlag')).toBe('deny');
    const { items } = await olivia.audit.list({ targetId: tokenId, action: 'token.handed_over' });
    expect(items).toMatchObject([{ details: { to: taken.token.tokenId, until: null } }]);
  });

  it('of a token that inherits copies what its owner may do now, denies included, without managing tokens', async () => {
    const devin = await installation.member('acme', 'devin');
    const { token } = await devin.tokens.issue({
      name: `inherits ${count}`,
      permissions: { type: 'inherit', manageTokens: true },
    });
    const { tokenText } = await olivia.tokens.handOver({ tokenId: token.tokenId, name: `taken ${count}` });
    expect(await decide(tokenText, 'DeleteFlag')).toBe('allow');
    expect(await decide(tokenText, 'DeleteFlag', 'project/shop:env/prod:flag/x')).toBe('deny');
    expect(await decide(tokenText, 'ManagePersonalAccessTokens', 'access-token/*')).toBe('deny');
  });

  it('NO-ESCALATION: the approver covers it, and not the owner', async () => {
    await olivia.members.setPolicies({ memberId, policyIds: ['owner'] });
    const owner = await installation.member('acme', memberId);
    const { token } = await owner.tokens.issue({ name: `administers ${count}`, permissions: administers as never });
    const dana = await installation.member('acme', 'dana');
    const handOver = { tokenId: token.tokenId, name: `for dana ${count}` };
    expect(await refusal(dana.tokens.handOver(handOver))).toMatchObject({
      code: 'PERMISSIONS_NOT_COVERED',
      details: { counterexample: { action: 'CanManageIAM' } },
    });
    // What the approver does cover can be said instead.
    expect((await dana.tokens.handOver({ ...handOver, permissions: toggles as never })).token.kind).toBe('service');
  });

  it('NO-ESCALATION: gives no more than the personal token may do now, after a demotion of its owner', async () => {
    await olivia.members.setPolicies({ memberId, policyIds: ['owner'] });
    const owner = await installation.member('acme', memberId);
    const { token } = await owner.tokens.issue({ name: `was wider ${count}`, permissions: administers as never });
    await olivia.members.setPolicies({ memberId, policyIds: ['developer'] });
    expect((await refusal(olivia.tokens.handOver({ tokenId: token.tokenId, name: `wider ${count}` }))).code).toBe(
      'PERMISSIONS_NOT_COVERED',
    );
  });

  it('ends the personal token at a chosen instant, by who may deactivate it', async () => {
    const { token } = await leaver.tokens.issue({ name: `until ${count}`, permissions: toggles as never });
    const { tokenId } = token;
    const until = inHours(2);
    const dana = await installation.member('acme', 'dana');
    expect((await refusal(dana.tokens.handOver({ tokenId, name: `d ${count}`, until }))).code).toBe('NOT_ALLOWED');
    expect((await refusal(olivia.tokens.handOver({ tokenId, name: `p ${count}`, until: inHours(-1) }))).code).toBe(
      'EXPIRY_IN_PAST',
    );
    expect(await olivia.tokens.handOver({ tokenId, name: `o ${count}`, until })).toMatchObject({ settled: true });
    expect((await olivia.tokens.get({ tokenId })).expiresAt).toBe(until);
    // Never later than it would have ended anyway.
    await olivia.tokens.handOver({ tokenId, name: `o2 ${count}`, until: inHours(9) });
    expect((await olivia.tokens.get({ tokenId })).expiresAt).toBe(until);
  });

  it('is of personal tokens that one may see', async () => {
    const { token } = await leaver.tokens.issue({
      kind: 'service',
      name: `service ${count}`,
      permissions: toggles as never,
    });
    expect((await refusal(olivia.tokens.handOver({ tokenId: token.tokenId, name: `s ${count}` }))).code).toBe(
      'NOT_PERSONAL',
    );
    const personal = await leaver.tokens.issue({ name: `unseen ${count}` });
    const bea = await installation.member('acme', 'bea');
    const handOver = { tokenId: personal.token.tokenId, name: `b ${count}` };
    expect((await refusal(bea.tokens.handOver(handOver))).code).toBe('NOT_FOUND');
    await leaver.tokens.revoke({ tokenId: personal.token.tokenId });
    expect((await refusal(olivia.tokens.handOver(handOver))).code).toBe('TOKEN_REVOKED');
  });

  it('asked for again with its idempotency key is one service token', async () => {
    const { token } = await leaver.tokens.issue({ name: `once ${count}`, permissions: toggles as never });
    const input = { tokenId: token.tokenId, name: `taken once ${count}`, idempotencyKey: `hand-over-${count}` };
    const lost = await olivia.tokens.handOver(input);
    const answer = await olivia.tokens.handOver(input);
    expect(answer.token.tokenId).toBe(lost.token.tokenId);
    expect(answer.tokenText).not.toBe(lost.tokenText);
  });
});
