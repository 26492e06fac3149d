import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, openInstallation } from './installation.ts';
import { refusal } from './refusal.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());

it('a developer issues a personal token, uses it, and revokes it', async () => {
  const dana = await installation.member('acme', 'dana');
  const { token, tokenText } = await dana.tokens.issue({ name: 'laptop' });
  expect(token).toMatchObject({
    kind: 'personal',
    status: 'active',
    ownerId: 'dana',
    issuer: { name: 'Dana Developer' },
  });
  const request = { action: 'ToggleFlag', resource: 'project/shop:env/prod:flag/checkout' };
  const decided = await installation.verifier().verify.decide({ presentedToken: tokenText, request });
  expect(decided).toEqual({
    verdict: {
      accepted: true,
      token: {
        tokenId: token.tokenId,
        kind: 'personal',
        name: 'laptop',
        organizationId: 'acme',
        project: null,
        ownerId: 'dana',
      },
    },
    decision: { effect: 'allow' },
  });
  const bearer = await installation.token(tokenText);
  expect(await bearer.self.whoami()).toMatchObject({
    type: 'token',
    member: { id: 'dana' },
    token: { name: 'laptop' },
  });
  expect((await dana.tokens.list()).items.map(({ name }) => name)).toEqual(['laptop']);
  expect(await dana.tokens.get({ tokenId: token.tokenId })).toMatchObject({ name: 'laptop' });
  expect(await dana.tokens.revoke({ tokenId: token.tokenId })).toMatchObject({
    settled: true,
    token: { status: 'revoked' },
  });
  expect(await installation.verifier().verify.verify({ presentedToken: tokenText })).toEqual({
    accepted: false,
    status: 401,
  });
  expect(await refusal(bearer.tokens.rotate({ tokenId: token.tokenId }))).toMatchObject({ code: 'UNAUTHORIZED' });
});
