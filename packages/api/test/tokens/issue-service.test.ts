import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal, refusals } from '../refusal.ts';

let installation: Installation;
let dana: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  dana = await installation.member('acme', 'dana');
});
afterAll(() => installation.close());

const decide = async (presentedToken: string, action: string, resource: string) => {
  const { decision } = await installation.verifier().verify.decide({ presentedToken, request: { action, resource } });
  return decision?.effect;
};

const statement = (resourceType: string, action: string, resource: string) => ({
  effect: 'allow',
  resourceType,
  actions: [action],
  resources: [resource],
});
const toggles = statement('flag', 'ToggleFlag', 'project/shop:env/*:flag/*');
const checkout = 'project/shop:env/dev:flag/checkout';

describe('COVERED-AT-ISSUE', () => {
  it('a developer issues no service token that administers, and is told what exceeds', async () => {
    const statements = [toggles, statement('iam', 'CanManageIAM', 'iam/*')];
    const input = { kind: 'service', name: 'admin bot', permissions: { type: 'statements', statements } } as const;
    expect(await refusal(dana.tokens.issue(input))).toEqual({
      code: 'PERMISSIONS_NOT_COVERED',
      details: { counterexample: { action: 'CanManageIAM', resource: expect.stringMatching(/^iam\//) } },
    });
    const administrator = await installation.member('acme', 'adam');
    expect((await administrator.tokens.issue(input)).token.kind).toBe('service');
  });

  it("an issuer's denies count", async () => {
    // In the platform team nobody deletes flags in production.
    const devin = await installation.member('acme', 'devin');
    const issue = (name: string, resource: string) =>
      devin.tokens.issue({
        kind: 'service',
        name,
        permissions: { type: 'statements', statements: [statement('flag', 'DeleteFlag', resource)] },
      });
    expect(await refusal(issue('deletes everywhere', 'project/*:env/*:flag/*'))).toMatchObject({
      code: 'PERMISSIONS_NOT_COVERED',
      details: { counterexample: { action: 'DeleteFlag', resource: expect.stringContaining('env/prod:') } },
    });
    expect((await issue('deletes in dev', 'project/*:env/dev:flag/*')).token.status).toBe('active');
  });

  it('full access is a frozen copy, denies included, without what service tokens may not have', async () => {
    const devin = await installation.member('acme', 'devin');
    const { token, tokenText } = await devin.tokens.issue({
      kind: 'service',
      name: 'full access',
      permissions: { type: 'ability', ability: 'full_access' },
    });
    expect(token).toMatchObject({ ownerId: null, issuer: { type: 'member', id: 'devin', removed: false } });
    expect(token.permissions).toMatchObject({
      type: 'frozen',
      source: { type: 'ability', ability: 'full_access' },
      policies: [{ name: 'Developer' }, { name: 'No production deletes' }],
    });
    expect(await decide(tokenText, 'ToggleFlag', checkout)).toBe('allow');
    expect(await decide(tokenText, 'DeleteFlag', 'project/shop:env/prod:flag/checkout')).toBe('deny');
    for (const action of ['ListAccessTokens', 'ManagePersonalAccessTokens', 'ManageServiceAccessTokens']) {
      expect(await decide(tokenText, action, 'access-token/*')).toBe('deny');
    }
  });

  it('a demotion that commits while the issuer waits is seen', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const { memberId } = await olivia.members.add({ email: 'dee@acme.example', name: 'Dee', policyIds: ['developer'] });
    const dee = await installation.member('acme', memberId);
    const demotion = await installation.hold();
    await installation.deps.directory.members.setPolicies(demotion.tx, 'acme', memberId, {
      policyIds: ['beta-flags-only'],
    });
    const issuing = refusal(
      dee.tokens.issue({
        kind: 'service',
        name: 'too late',
        permissions: { type: 'statements', statements: [toggles] },
      }),
    );
    await vi.waitUntil(async () => (await installation.waiting()) > 0);
    await demotion.commit();
    expect((await issuing).code).toBe('NOT_ALLOWED');
  });

  it('a demotion waits for a service token that is being issued, and comes after it', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const { memberId } = await olivia.members.add({ email: 'may@acme.example', name: 'May', policyIds: ['developer'] });
    const may = await installation.member('acme', memberId);
    // Whoever holds the name back holds the insert back, after the issuer was compared.
    const issued = await dana.tokens.issue({ name: 'held back' });
    const held = await installation.hold();
    await installation.deps.store.tokens.findForUpdate('acme', issued.token.tokenId, held.tx);
    await installation.deps.store.tokens.update(held.tx, 'acme', issued.token.tokenId, issued.token.revision, {
      name: 'wanted',
      nameKey: 'wanted',
    });
    const issuing = may.tokens.issue({
      kind: 'service',
      name: 'wanted',
      permissions: { type: 'statements', statements: [toggles] },
    });
    const issuingEnds = issuing.then(
      () => 'issued',
      () => 'refused',
    );
    await vi.waitUntil(async () => (await installation.waiting()) > 0);
    const order: string[] = [];
    const demoting = olivia.members.setPolicies({ memberId, policyIds: [] }).then(() => order.push('demoted'));
    await vi.waitUntil(async () => (await installation.waiting()) > 1);
    expect(order).toEqual([]);
    await held.commit();
    await issuingEnds.then(() => order.push('issue ended'));
    await demoting;
    expect(order).toEqual(['issue ended', 'demoted']);
  });

  it('it goes on unchanged when its issuer is demoted, and when its issuer is removed', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const { memberId } = await olivia.members.add({ email: 'ina@acme.example', name: 'Ina', policyIds: ['developer'] });
    const ina = await installation.member('acme', memberId);
    const { token, tokenText } = await ina.tokens.issue({
      kind: 'service',
      name: 'survivor',
      permissions: { type: 'statements', statements: [toggles] },
    });
    await olivia.members.setPolicies({ memberId, policyIds: [] });
    expect(await decide(tokenText, 'ToggleFlag', checkout)).toBe('allow');
    await olivia.members.remove({ memberId });
    expect(await decide(tokenText, 'ToggleFlag', checkout)).toBe('allow');
    const shown = await olivia.tokens.get({ tokenId: token.tokenId });
    expect(shown.permissions).toEqual(token.permissions);
    expect(shown.issuer).toEqual({ type: 'member', id: memberId, name: 'Ina', removed: true });
  });

  it('policies are copied, not followed', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const policy = await olivia.policies.create({ name: 'Followed', statements: [toggles] });
    const { token, tokenText } = await dana.tokens.issue({
      kind: 'service',
      name: 'copies',
      permissions: { type: 'policies', policyIds: [policy.policyId] },
    });
    expect(token.permissions).toMatchObject({ source: { type: 'policies', policies: [{ name: 'Followed' }] } });
    const statements = [statement('flag', 'DeleteFlag', 'project/*:env/*:flag/*')];
    await olivia.policies.update({ policyId: policy.policyId, revision: policy.revision, statements });
    expect(await decide(tokenText, 'ToggleFlag', checkout)).toBe('allow');
    expect(await decide(tokenText, 'DeleteFlag', checkout)).toBe('deny');
  });
});

describe('FROZEN-SERVICE', () => {
  it('no procedure on a service token takes permissions', async () => {
    const { token } = await dana.tokens.issue({
      kind: 'service',
      name: 'frozen',
      permissions: { type: 'statements', statements: [toggles] },
    });
    const permissions = { type: 'statements', statements: [statement('flag', 'DeleteFlag', '*')] };
    const { tokenId } = token;
    const calls = [
      dana.tokens.rename({ tokenId, name: 'x', permissions } as never),
      dana.tokens.describe({ tokenId, description: 'x', permissions } as never),
      dana.tokens.activate({ tokenId, permissions } as never),
      dana.tokens.deactivate({ tokenId, permissions } as never),
      dana.tokens.rotate({ tokenId, permissions } as never),
      dana.tokens.revoke({ tokenId, permissions } as never),
    ];
    for (const { code } of await refusals(calls)) expect(code).toBe('BAD_INPUT');
    expect((await dana.tokens.get({ tokenId })).permissions).toEqual(token.permissions);
  });
});
