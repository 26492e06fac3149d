import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let dana: Caller;
let olivia: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  dana = await installation.member('acme', 'dana');
  olivia = await installation.member('acme', 'olivia');
});
afterAll(() => installation.close());

let names = 0;
const statement = (resourceType: string, action: string, resource: string) => ({
  effect: 'allow',
  resourceType,
  actions: [action],
  resources: [resource],
});
const toggles = { type: 'statements', statements: [statement('flag', 'ToggleFlag', 'project/shop:env/*:flag/*')] };
const administers = { type: 'statements', statements: [statement('iam', 'CanManageIAM', 'iam/*')] };
const inherit = { type: 'inherit' } as const;

const decide = async (presentedToken: string, action: string, resource: string) => {
  const { decision } = await installation.verifier().verify.decide({ presentedToken, request: { action, resource } });
  return decision?.effect;
};
const toggle = (text: string) => decide(text, 'ToggleFlag', 'project/shop:env/dev:flag/x');
const remove = (text: string) => decide(text, 'DeleteFlag', 'project/shop:env/dev:flag/x');

describe('changing the permissions of a personal token', () => {
  it('narrows and widens it, counts from the next decision on, and settles', async () => {
    const { token, tokenText } = await dana.tokens.issue({ name: `changes ${++names}` });
    const { tokenId } = token;
    expect([await toggle(tokenText), await remove(tokenText)]).toEqual(['allow', 'allow']);
    const narrowed = await dana.tokens.changePermissions({ tokenId, permissions: toggles as never });
    expect(narrowed).toMatchObject({ settled: true, token: { permissions: toggles } });
    expect([await toggle(tokenText), await remove(tokenText)]).toEqual(['allow', 'deny']);
    await dana.tokens.changePermissions({ tokenId, permissions: inherit });
    expect([await toggle(tokenText), await remove(tokenText)]).toEqual(['allow', 'allow']);
    const { items } = await olivia.audit.list({ targetId: tokenId, action: 'token.permissions_changed' });
    expect(items.map(({ details }) => details)).toEqual([
      { from: 'statements', to: 'inherit' },
      { from: 'inherit', to: 'statements' },
    ]);
    expect(await installation.sql('select 1 from latchkey.change where subject_id = ?', [tokenId])).toHaveLength(2);
  });

  it('NO-ESCALATION: asks for no more than the owner has', async () => {
    const { token } = await dana.tokens.issue({ name: `asks ${++names}` });
    const change = { tokenId: token.tokenId, permissions: administers as never };
    expect(await refusal(dana.tokens.changePermissions(change))).toMatchObject({
      code: 'PERMISSIONS_NOT_COVERED',
      details: { counterexample: { action: 'CanManageIAM' } },
    });
  });

  it('NO-SELF-HELP: a token widens neither itself nor another one of its owner past itself', async () => {
    const permissions = {
      type: 'statements',
      statements: [...toggles.statements, statement('access-token', 'ManagePersonalAccessTokens', 'access-token/*')],
    } as const;
    const narrow = await dana.tokens.issue({ name: `narrow ${++names}`, permissions: permissions as never });
    const sibling = await dana.tokens.issue({ name: `sibling ${names}`, permissions: toggles as never });
    const bearer = await installation.token(narrow.tokenText);
    for (const { token } of [narrow, sibling]) {
      const { tokenId } = token;
      expect((await refusal(bearer.tokens.changePermissions({ tokenId, permissions: inherit }))).code).toBe(
        'PERMISSIONS_NOT_COVERED',
      );
      expect(await bearer.tokens.changePermissions({ tokenId, permissions: toggles as never })).toMatchObject({
        settled: true,
      });
      // Having given the action away itself, it manages nothing any more.
      if (token === narrow.token) await dana.tokens.changePermissions({ tokenId, permissions: permissions as never });
    }
  });

  it("is for its owner: an administrator doesn't, and FROZEN-SERVICE: nobody changes a service token", async () => {
    const { token } = await dana.tokens.issue({ name: `owned ${++names}` });
    expect(
      (await refusal(olivia.tokens.changePermissions({ tokenId: token.tokenId, permissions: inherit }))).code,
    ).toBe('OWNER_ONLY');
    const { token: service } = await dana.tokens.issue({
      kind: 'service',
      name: `service ${names}`,
      permissions: toggles as never,
    });
    const change = { tokenId: service.tokenId, permissions: toggles as never };
    for (const caller of [dana, olivia]) {
      expect((await refusal(caller.tokens.changePermissions(change))).code).toBe('PERMISSIONS_FROZEN');
    }
    const bea = await installation.member('acme', 'bea');
    expect((await refusal(bea.tokens.changePermissions(change))).code).toBe('NOT_FOUND');
  });

  it('refuses a revoked token, and what somebody else has changed meanwhile', async () => {
    const { token } = await dana.tokens.issue({ name: `meanwhile ${++names}` });
    const { tokenId, revision } = token;
    await dana.tokens.describe({ tokenId, description: 'first' });
    const change = { tokenId, permissions: inherit, revision };
    expect(await refusal(dana.tokens.changePermissions(change))).toMatchObject({ code: 'CONFLICT' });
    await dana.tokens.revoke({ tokenId });
    expect((await refusal(dana.tokens.changePermissions({ tokenId, permissions: inherit }))).code).toBe(
      'TOKEN_REVOKED',
    );
  });
});
