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

const statements = [
  { effect: 'allow', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['project/shop:env/*:flag/*'] },
];
const service = (name: string) =>
  ({ kind: 'service', name, permissions: { type: 'statements', statements } }) as never as { name: string };

it('lists what ends with a member and what goes on, with who uses it, and the removal does just that', async () => {
  const { memberId } = await olivia.members.add({ email: 'leo@acme.example', name: 'Leo', policyIds: ['developer'] });
  const leo = await installation.member('acme', memberId);
  const unused = await leo.tokens.issue({ name: 'leo unused' });
  const used = await leo.tokens.issue({ name: 'leo deploys', permissions: { type: 'inherit', manageTokens: true } });
  const revoked = await leo.tokens.issue({ name: 'leo revoked' });
  await leo.tokens.revoke({ tokenId: revoked.token.tokenId });
  const goesOn = await leo.tokens.issue(service('leo service'));
  const verify = (presentedToken: string) =>
    installation.verifier().verify.verify({ presentedToken, address: '198.51.100.7', client: 'terraform/1.9' });
  await verify(used.tokenText);

  const preview = await olivia.members.previewRemoval({ memberId });
  expect(preview).toMatchObject({
    ending: {
      total: 2,
      items: [
        {
          tokenId: used.token.tokenId,
          name: 'leo deploys',
          status: 'active',
          lastUsedAt: expect.any(String),
          lastUsedAddress: '198.51.100.7',
          lastUsedClient: 'terraform/1.9',
        },
        { tokenId: unused.token.tokenId, lastUsedAt: null, lastUsedAddress: null, lastUsedClient: null },
      ],
    },
    goingOn: { total: 1, items: [{ tokenId: goesOn.token.tokenId, name: 'leo service' }] },
  });

  await olivia.members.remove({ memberId });
  expect(await verify(used.tokenText)).toMatchObject({ accepted: false });
  expect(await verify(unused.tokenText)).toMatchObject({ accepted: false });
  expect(await verify(goesOn.tokenText)).toMatchObject({ accepted: true });
});

it('counts what a token of the member has issued as what the member has issued', async () => {
  const { memberId } = await olivia.members.add({ email: 'mo@acme.example', name: 'Mo', policyIds: ['developer'] });
  const before = await olivia.members.previewRemoval({ memberId });
  expect(before).toEqual({ ending: { items: [], total: 0 }, goingOn: { items: [], total: 0 } });
  // Nobody's wildcard lets a token issue service tokens; by the row alone it is shown that they would be counted.
  const mo = await installation.member('acme', memberId);
  const parent = await mo.tokens.issue({ name: 'mo parent', permissions: { type: 'inherit', manageTokens: true } });
  const bearer = await installation.token(parent.tokenText);
  const child = await bearer.tokens.issue(service('mo by token'));
  expect((await olivia.members.previewRemoval({ memberId })).goingOn.items).toMatchObject([
    { tokenId: child.token.tokenId },
  ]);
});

it('is for administrators, and tells those who may not list tokens the numbers only', async () => {
  const dana = await installation.member('acme', 'dana');
  expect((await refusal(dana.members.previewRemoval({ memberId: 'olivia' }))).code).toBe('NOT_ALLOWED');
  expect((await refusal(olivia.members.previewRemoval({ memberId: 'nobody' }))).code).toBe('NOT_FOUND');
  const policy = await olivia.policies.create({
    name: 'Administers only',
    statements: [{ effect: 'allow', resourceType: 'iam', actions: ['CanManageIAM'], resources: ['iam/*'] }],
  });
  const { memberId } = await olivia.members.add({
    email: 'ada@acme.example',
    name: 'Ada',
    policyIds: [policy.policyId],
  });
  await dana.tokens.issue({ name: 'of dana' });
  const ada = await installation.member('acme', memberId);
  const { ending } = await ada.members.previewRemoval({ memberId: 'dana' });
  expect(ending.items).toEqual([]);
  expect(ending.total).toBeGreaterThan(0);
});
