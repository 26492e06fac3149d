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
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const verify = async (presentedToken: string) =>
  (await installation.verifier().verify.verify({ presentedToken })).accepted;

describe('extending', () => {
  it('sets a later expiry and keeps the secret', async () => {
    const { token, tokenText } = await dana.tokens.issue({ name: `later ${++names}`, expiresAt: inDays(1) });
    const expiresAt = inDays(30);
    const extended = await dana.tokens.extend({ tokenId: token.tokenId, expiresAt });
    expect(extended).toMatchObject({ expiresAt, secrets: [{ number: 1, hint: token.hint }] });
    expect(await verify(tokenText)).toBe(true);
    const { items } = await olivia.audit.list({ targetId: token.tokenId, action: 'token.extended' });
    expect(items).toMatchObject([{ details: { from: token.expiresAt, to: expiresAt } }]);
    expect(await dana.tokens.extend({ tokenId: token.tokenId, expiresAt: null })).toMatchObject({ expiresAt: null });
  });

  it('gives an expired token life again', async () => {
    const { token, tokenText } = await dana.tokens.issue({ name: `expired ${++names}`, expiresAt: inDays(1) });
    const { tokenId } = token;
    await installation.sql("update latchkey.token set expires_at = now() - interval '1 s' where token_id = ?", [
      tokenId,
    ]);
    expect(await verify(tokenText)).toBe(false);
    await dana.tokens.extend({ tokenId, expiresAt: inDays(1) });
    expect(await verify(tokenText)).toBe(true);
  });

  it.each([
    ['an earlier instant', () => inDays(1), 'EXPIRY_NOT_LATER'],
    ['an instant in the past', () => inDays(-1), 'EXPIRY_IN_PAST'],
  ])('refuses %s', async (_, expiresAt, code) => {
    const { token } = await dana.tokens.issue({ name: `earlier ${++names}`, expiresAt: inDays(5) });
    expect((await refusal(dana.tokens.extend({ tokenId: token.tokenId, expiresAt: expiresAt() }))).code).toBe(code);
  });

  it('refuses a token that never expires, or was revoked', async () => {
    const { token } = await dana.tokens.issue({ name: `for ever ${++names}` });
    const { tokenId } = token;
    expect((await refusal(dana.tokens.extend({ tokenId, expiresAt: inDays(9) }))).code).toBe('EXPIRY_NOT_LATER');
    await dana.tokens.revoke({ tokenId });
    expect((await refusal(dana.tokens.extend({ tokenId, expiresAt: null }))).code).toBe('TOKEN_REVOKED');
  });

  it('NO-ESCALATION: nobody gives more life to a service token that can do more than they can', async () => {
    const statements = [{ effect: 'allow', resourceType: 'iam', actions: ['CanManageIAM'], resources: ['iam/*'] }];
    const { token } = await olivia.tokens.issue({
      kind: 'service',
      name: `administers ${++names}`,
      permissions: { type: 'statements', statements },
      expiresAt: inDays(1),
    });
    const extend = { tokenId: token.tokenId, expiresAt: inDays(2) };
    expect((await refusal(dana.tokens.extend(extend))).code).toBe('PERMISSIONS_NOT_COVERED');
    expect((await olivia.tokens.extend(extend)).expiresAt).toBe(extend.expiresAt);
  });

  it("an administrator gives no life to somebody else's token", async () => {
    const { token } = await dana.tokens.issue({ name: `of dana ${++names}`, expiresAt: inDays(1) });
    const extend = { tokenId: token.tokenId, expiresAt: inDays(2) };
    expect((await refusal(olivia.tokens.extend(extend))).code).toBe('OWNER_ONLY');
  });

  it('NO-SELF-HELP: no token extends itself, nor a child past its parent', async () => {
    const permissions = { type: 'inherit', manageTokens: true } as const;
    const parent = await dana.tokens.issue({ name: `parent ${++names}`, permissions, expiresAt: inDays(5) });
    const bearer = await installation.token(parent.tokenText);
    const child = await bearer.tokens.issue({ name: `child ${names}`, expiresAt: inDays(1) });
    const { tokenId } = parent.token;
    for (const expiresAt of [inDays(6), null]) {
      expect((await refusal(bearer.tokens.extend({ tokenId, expiresAt }))).code).toBe('EXPIRY_AFTER_PARENT');
      const { tokenId: childId } = child.token;
      expect((await refusal(dana.tokens.extend({ tokenId: childId, expiresAt }))).code).toBe('EXPIRY_AFTER_PARENT');
    }
    const within = { tokenId: child.token.tokenId, expiresAt: inDays(4) };
    expect((await dana.tokens.extend(within)).expiresAt).toBe(within.expiresAt);
  });
});
