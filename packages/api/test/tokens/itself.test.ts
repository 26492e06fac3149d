import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal, refusals } from '../refusal.ts';

let installation: Installation;
let dana: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  dana = await installation.member('acme', 'dana');
});
afterAll(() => installation.close());

let names = 0;
const statements = [
  { effect: 'allow', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['project/shop:env/*:flag/*'] },
];
const service = () =>
  dana.tokens.issue({ kind: 'service', name: `job ${++names}`, permissions: { type: 'statements', statements } });
const verify = async (presentedToken: string) =>
  (await installation.verifier().verify.verify({ presentedToken })).accepted;

describe('a token by itself', () => {
  it('rotates without any permission, and the old secret has its grace period', async () => {
    const { token, tokenText } = await service();
    const bearer = await installation.token(tokenText);
    const rotated = await bearer.self.rotate({ graceMs: 3_600_000 });
    expect(rotated.token).toMatchObject({ tokenId: token.tokenId, secrets: [{ number: 2 }, { number: 1 }] });
    expect([await verify(tokenText), await verify(rotated.tokenText)]).toEqual([true, true]);
    // What it may not do to others it may not do to itself by another name either.
    const { tokenId } = token;
    expect((await refusal(bearer.tokens.clone({ tokenId, name: 'x' }))).code).toBe('NOT_ALLOWED');
    expect((await refusal(bearer.tokens.extend({ tokenId, expiresAt: null }))).code).toBe('NOT_ALLOWED');
  });

  it('with a superseded secret does no more than repeat its own rotation, while the new one is unused', async () => {
    const { tokenText: old } = await service();
    const holder = await installation.token(old);
    const lost = await holder.self.rotate({ graceMs: 3_600_000, idempotencyKey: 'mine' });
    const superseded = await installation.token(old);
    for (const { code } of await refusals([
      superseded.self.rotate(),
      superseded.self.rotate({ cutOlder: true, graceMs: 0 }),
      superseded.self.rotate({ graceMs: 3_600_000, idempotencyKey: 'another' }),
      superseded.tokens.cutGracePeriod({ tokenId: lost.token.tokenId }),
    ])) {
      expect(code).toBe('SECRET_SUPERSEDED');
    }
    const answer = await superseded.self.rotate({ graceMs: 3_600_000, idempotencyKey: 'mine' });
    expect(await Promise.all([old, lost.tokenText, answer.tokenText].map(verify))).toEqual([true, false, true]);
    // Now the new one is in use: whoever holds the old one takes nothing over.
    const late = await installation.token(old);
    expect(await refusal(late.self.rotate({ graceMs: 3_600_000, idempotencyKey: 'mine' }))).toMatchObject({
      code: 'ALREADY_REVEALED',
      details: { because: 'used' },
    });
  });

  it('ends itself with its newest secret only: who holds an older one ends no more than that one', async () => {
    const { tokenText: old } = await service();
    const holder = await installation.token(old);
    const { token, tokenText } = await holder.self.rotate({ graceMs: 3_600_000 });
    const { tokenId } = token;
    const superseded = await installation.token(old);
    const keyed = { tokenId, idempotencyKey: `ends ${++names}`.replace(' ', '-') };
    for (const { code } of await refusals([
      superseded.self.revoke(),
      superseded.tokens.revoke({ tokenId }),
      superseded.tokens.revoke(keyed),
      superseded.tokens.deactivate({ tokenId }),
    ])) {
      expect(code).toBe('SECRET_SUPERSEDED');
    }
    expect(await verify(tokenText)).toBe(true);
    const newest = await installation.token(tokenText);
    expect((await newest.self.revoke()).token.status).toBe('revoked');
    expect(await Promise.all([old, tokenText].map(verify))).toEqual([false, false]);
  });

  it('that may manage tokens deactivates itself with its newest secret only', async () => {
    const permissions = { type: 'inherit', manageTokens: true } as const;
    const { token, tokenText: old } = await dana.tokens.issue({ name: `manages ${++names}`, permissions });
    const { tokenId } = token;
    const { tokenText } = await dana.tokens.rotate({ tokenId, graceMs: 3_600_000 });
    const superseded = await installation.token(old);
    expect((await refusal(superseded.tokens.deactivate({ tokenId }))).code).toBe('SECRET_SUPERSEDED');
    const newest = await installation.token(tokenText);
    expect((await newest.tokens.deactivate({ tokenId })).token.status).toBe('inactive');
  });

  it('ends itself, for good', async () => {
    const { tokenText } = await service();
    const bearer = await installation.token(tokenText);
    expect(await bearer.self.revoke({ reason: 'job is done' })).toMatchObject({
      settled: true,
      token: { status: 'revoked' },
    });
    expect(await verify(tokenText)).toBe(false);
    expect((await refusal(bearer.self.rotate())).code).toBe('UNAUTHORIZED');
  });

  it('a session has no secret to rotate and no token to end', async () => {
    for (const refused of await refusals([dana.self.rotate(), dana.self.revoke()])) {
      expect(refused).toEqual({ code: 'CREDENTIAL_KIND', details: { expected: 'token' } });
    }
  });

  it('is told what it may do, its own and its owner’s permissions together', async () => {
    const { tokenText } = await service();
    const bearer = await installation.token(tokenText);
    const { permissions, actions } = await bearer.self.effectivePermissions();
    expect(permissions).toMatchObject({ type: 'frozen', source: { type: 'statements' } });
    const allowed = actions.filter(({ allowed }) => allowed !== 'none');
    expect(allowed).toEqual([
      {
        resourceType: 'flag',
        action: 'ToggleFlag',
        access: expect.any(String),
        allowed: 'some',
        example: { action: 'ToggleFlag', resource: expect.stringMatching(/^project\/shop:env\//) },
      },
    ]);
    const mine = await dana.self.effectivePermissions();
    expect(mine.permissions).toBeNull();
    expect(mine.actions.find(({ action }) => action === 'ToggleFlag')).toMatchObject({ allowed: 'all' });
    expect(mine.actions.find(({ action }) => action === 'CanManageIAM')).toMatchObject({ allowed: 'none' });
  });
});

describe('cutting a grace period', () => {
  it('ends the superseded secret at once, once, and settles each time', async () => {
    const { token, tokenText: old } = await dana.tokens.issue({ name: `cut ${++names}` });
    const { tokenId } = token;
    const rotated = await dana.tokens.rotate({ tokenId });
    for (let times = 0; times < 3; times += 1) {
      const cut = await dana.tokens.cutGracePeriod({ tokenId, reason: 'leaked' });
      expect(cut).toMatchObject({ settled: true, token: { secrets: [{ number: 2 }] } });
    }
    expect([await verify(old), await verify(rotated.tokenText)]).toEqual([false, true]);
    const olivia = await installation.member('acme', 'olivia');
    const { items } = await olivia.audit.list({ targetId: tokenId, action: 'token.grace_period_cut' });
    expect(items).toMatchObject([{ reason: 'leaked', details: { cut: [1] } }]);
    // And there is room for the next rotation.
    expect((await dana.tokens.rotate({ tokenId })).token.secrets.map(({ number }) => number)).toEqual([3, 2]);
  });

  it("is for who may rotate: not for an administrator of somebody else's token", async () => {
    const { token } = await dana.tokens.issue({ name: `uncut ${++names}` });
    const olivia = await installation.member('acme', 'olivia');
    expect((await refusal(olivia.tokens.cutGracePeriod({ tokenId: token.tokenId }))).code).toBe('OWNER_ONLY');
  });
});

describe('locating', () => {
  it('says whose token it is to who may see it, and nothing to others', async () => {
    const { token } = await dana.tokens.issue({ name: `found ${++names}` });
    const { tokenId } = token;
    const olivia = await installation.member('acme', 'olivia');
    expect(await olivia.tokens.locate({ tokenId })).toEqual({
      tokenId,
      kind: 'personal',
      name: `found ${names}`,
      status: 'active',
      owner: { id: 'dana', name: expect.any(String), removed: false },
      issuer: token.issuer,
      lastUsedAt: null,
    });
    const bea = await installation.member('acme', 'bea');
    expect((await refusal(bea.tokens.locate({ tokenId }))).code).toBe('NOT_FOUND');
  });
});
