import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());

const decide = async (presentedToken: string, action: string, resource: string) => {
  const { decision } = await installation.verifier().verify.decide({ presentedToken, request: { action, resource } });
  return decision;
};

const checkout = 'project/shop:env/dev:flag/checkout';
let names = 0;
const name = () => `token ${++names}`;

it('inherits its owner, and manages tokens only where that was ticked', async () => {
  const dana = await installation.member('acme', 'dana');
  const plain = await dana.tokens.issue({ name: name() });
  expect(plain.token.permissions).toEqual({ type: 'inherit', manageTokens: false });
  expect(await decide(plain.tokenText, 'ToggleFlag', checkout)).toEqual({ effect: 'allow' });
  expect(await decide(plain.tokenText, 'ManagePersonalAccessTokens', 'access-token/*')).toMatchObject({
    effect: 'deny',
    layer: 'token',
  });
  const ticked = await dana.tokens.issue({ name: name(), permissions: { type: 'inherit', manageTokens: true } });
  expect(await decide(ticked.tokenText, 'ManagePersonalAccessTokens', 'access-token/*')).toEqual({ effect: 'allow' });
});

it('an ability is expanded over the chosen project, shown, and enforced', async () => {
  const dana = await installation.member('acme', 'dana');
  const { token, tokenText } = await dana.tokens.issue({
    name: name(),
    permissions: { type: 'ability', ability: 'write', project: 'shop' },
  });
  expect(token.permissions).toMatchObject({ type: 'ability', ability: 'write', project: 'shop' });
  expect(await decide(tokenText, 'ToggleFlag', checkout)).toEqual({ effect: 'allow' });
  expect(await decide(tokenText, 'ToggleFlag', 'project/other:env/dev:flag/checkout')).toEqual({
    effect: 'deny',
    because: 'no_allow',
    layer: 'token',
    missing: { action: 'ToggleFlag', resource: 'project/other:env/dev:flag/checkout' },
  });
});

it('named policies are read live, and one that is removed allows nothing', async () => {
  const olivia = await installation.member('acme', 'olivia');
  const { policyId } = await olivia.policies.create({
    name: 'Toggles',
    statements: [
      { effect: 'allow', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['project/shop:env/*:flag/*'] },
    ],
  });
  const dana = await installation.member('acme', 'dana');
  const { tokenText } = await dana.tokens.issue({
    name: name(),
    permissions: { type: 'policies', policyIds: [policyId] },
  });
  expect(await decide(tokenText, 'ToggleFlag', checkout)).toEqual({ effect: 'allow' });
  expect(await decide(tokenText, 'DeleteFlag', checkout)).toMatchObject({ effect: 'deny', layer: 'token' });
  await olivia.policies.remove({ policyId });
  expect(await decide(tokenText, 'ToggleFlag', checkout)).toMatchObject({ effect: 'deny', layer: 'token' });
});

it('asking for what the owner cannot have is refused, with an example of it', async () => {
  const dana = await installation.member('acme', 'dana');
  const statements = [{ effect: 'allow', resourceType: 'iam', actions: ['CanManageIAM'], resources: ['iam/*'] }];
  const refused = await refusal(dana.tokens.issue({ name: name(), permissions: { type: 'statements', statements } }));
  expect(refused).toEqual({
    code: 'PERMISSIONS_NOT_COVERED',
    details: { counterexample: { action: 'CanManageIAM', resource: expect.stringMatching(/^iam\//) } },
  });
});

it("its owner's denies simply apply", async () => {
  // In the platform team a developer may delete flags everywhere but in production.
  const devin = await installation.member('acme', 'devin');
  const statements = [
    { effect: 'allow', resourceType: 'flag', actions: ['DeleteFlag'], resources: ['project/*:env/*:flag/*'] },
  ];
  const { tokenText } = await devin.tokens.issue({ name: name(), permissions: { type: 'statements', statements } });
  expect(await decide(tokenText, 'DeleteFlag', checkout)).toEqual({ effect: 'allow' });
  expect(await decide(tokenText, 'DeleteFlag', 'project/shop:env/prod:flag/checkout')).toMatchObject({
    effect: 'deny',
    because: 'explicit_deny',
    layer: 'owner',
  });
});

it('a wildcard gives it no listing and no managing of tokens', async () => {
  const olivia = await installation.member('acme', 'olivia');
  const { tokenText } = await olivia.tokens.issue({
    name: name(),
    permissions: {
      type: 'statements',
      statements: [{ effect: 'allow', resourceType: '*', actions: ['*'], resources: ['*'] }],
    },
  });
  expect(await decide(tokenText, 'CanManageIAM', 'iam/*')).toEqual({ effect: 'allow' });
  for (const action of ['ListAccessTokens', 'ManagePersonalAccessTokens', 'ManageServiceAccessTokens']) {
    expect(await decide(tokenText, action, 'access-token/*')).toMatchObject({ effect: 'deny', layer: 'token' });
  }
});

it('is refused to whoever may not manage personal tokens, and says which action that is', async () => {
  const olivia = await installation.member('acme', 'olivia');
  const { policyId } = await olivia.policies.create({
    name: 'Looks only',
    statements: [{ effect: 'allow', resourceType: 'project', actions: ['CanAccessProject'], resources: ['project/*'] }],
  });
  const { memberId } = await olivia.members.add({ email: 'lou@acme.example', name: 'Lou', policyIds: [policyId] });
  const lou = await installation.member('acme', memberId);
  expect(await refusal(lou.tokens.issue({ name: name() }))).toEqual({
    code: 'NOT_ALLOWED',
    details: { action: 'ManagePersonalAccessTokens', resource: 'access-token/*', layer: 'owner', because: 'no_allow' },
  });
});

it('speaks for a project only where its issuer has access to it', async () => {
  const bea = await installation.member('acme', 'bea');
  const { token } = await bea.tokens.issue({ name: name(), project: 'shop' });
  expect(token.project).toBe('shop');
  expect(await refusal(bea.tokens.issue({ name: name(), project: 'bank' }))).toMatchObject({
    code: 'NOT_ALLOWED',
    details: { action: 'CanAccessProject', resource: 'project/bank' },
  });
  expect(await refusal(bea.tokens.issue({ name: name(), project: 'shop:env/prod' }))).toMatchObject({
    code: 'BAD_INPUT',
    details: { problems: [{ path: 'project' }] },
  });
});

it('has exactly one audit event, of whoever issued it', async () => {
  const dana = await installation.member('acme', 'dana');
  const { token } = await dana.tokens.issue({ name: name(), description: 'for the train' });
  const olivia = await installation.member('acme', 'olivia');
  const { items } = await olivia.audit.list({ targetId: token.tokenId });
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({
    actor: { type: 'member', id: 'dana' },
    action: 'token.issued',
    target: { type: 'token', id: token.tokenId },
    address: '192.0.2.7',
    client: 'vitest',
    requestId: 'request-1',
    details: { kind: 'personal', name: token.name, secretNumber: 1 },
  });
});
