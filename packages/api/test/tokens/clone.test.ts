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

const statement = (resourceType: string, action: string, resource: string) => ({
  effect: 'allow',
  resourceType,
  actions: [action],
  resources: [resource],
});
const toggles = statement('flag', 'ToggleFlag', 'project/shop:env/*:flag/*');
const administers = statement('iam', 'CanManageIAM', 'iam/*');
const inTenDays = () => new Date(Date.now() + 10 * 86_400_000).toISOString();

const decide = async (presentedToken: string, action: string, resource: string) => {
  const { decision } = await installation.verifier().verify.decide({ presentedToken, request: { action, resource } });
  return decision?.effect;
};

describe('a clone', () => {
  it('is a token of its own with the same permissions and terms, under another name', async () => {
    const original = await dana.tokens.issue({
      name: 'original',
      description: 'of the train',
      permissions: { type: 'statements', statements: [toggles] },
      expiresAt: inTenDays(),
      addressRanges: ['192.0.2.0/24'],
    });
    const { token, tokenText } = await dana.tokens.clone({ tokenId: original.token.tokenId, name: 'copy' });
    const { permissions, expiresAt, addressRanges, description, ownerId } = original.token;
    expect(token).toMatchObject({ name: 'copy', permissions, expiresAt, addressRanges, description, ownerId });
    expect(token.tokenId).not.toBe(original.token.tokenId);
    expect(tokenText).not.toBe(original.tokenText);
    const { items } = await olivia.audit.list({ targetId: token.tokenId });
    expect(items[0]).toMatchObject({ action: 'token.issued', details: { clonedFrom: original.token.tokenId } });
  });

  it('may be given narrower permissions than the original, and never others (NO-ESCALATION)', async () => {
    const wide = statement('flag', 'ToggleFlag', 'project/*:env/*:flag/*');
    const narrow = statement('flag', 'ToggleFlag', 'project/shop:env/dev:flag/a');
    for (const [caller, kind] of [
      [dana, 'personal'],
      [olivia, 'service'],
    ] as const) {
      const given = { type: 'statements' as const, statements: [toggles] };
      const { token } = await caller.tokens.issue({ kind, name: `wide ${kind}`, permissions: given });
      const { tokenId } = token;
      const clone = (name: string, ...statements: ReturnType<typeof statement>[]) =>
        caller.tokens.clone({ tokenId, name, permissions: { type: 'statements', statements } });
      const { tokenText } = await clone(`narrow ${kind}`, narrow);
      expect(await decide(tokenText, 'ToggleFlag', 'project/shop:env/dev:flag/a')).toBe('allow');
      expect(await decide(tokenText, 'ToggleFlag', 'project/shop:env/dev:flag/b')).toBe('deny');
      expect((await refusal(clone(`wider ${kind}`, wide))).code).toBe('PERMISSIONS_NOT_COVERED');
      const other = statement('flag', 'DeleteFlag', 'project/shop:env/dev:flag/a');
      expect((await refusal(clone(`other ${kind}`, narrow, other))).code).toBe('PERMISSIONS_NOT_COVERED');
      const inherit = caller.tokens.clone({ tokenId, name: `all ${kind}`, permissions: { type: 'inherit' } });
      expect((await refusal(inherit)).code).toMatch(/PERMISSIONS_NOT_COVERED|PERMISSIONS_INVALID/);
      expect((await caller.tokens.get({ tokenId })).permissions).toEqual(token.permissions);
    }
  });

  it('takes what is said over what the original has', async () => {
    const { token: original } = await dana.tokens.issue({ name: 'said', description: 'x', expiresAt: inTenDays() });
    const said = { description: null, expiresAt: null, addressRanges: ['2001:db8::/32'] };
    const { token } = await dana.tokens.clone({ tokenId: original.tokenId, name: 'said again', ...said });
    expect(token).toMatchObject(said);
  });

  it('of a service token keeps its frozen permissions, and its denies', async () => {
    const devin = await installation.member('acme', 'devin');
    const original = await devin.tokens.issue({
      kind: 'service',
      name: 'full copy',
      permissions: { type: 'ability', ability: 'full_access' },
    });
    const { token, tokenText } = await devin.tokens.clone({ tokenId: original.token.tokenId, name: 'full copy 2' });
    expect(token.permissions).toEqual(original.token.permissions);
    expect(await decide(tokenText, 'ToggleFlag', 'project/shop:env/dev:flag/x')).toBe('allow');
    expect(await decide(tokenText, 'DeleteFlag', 'project/shop:env/prod:flag/x')).toBe('deny');
    expect(await decide(tokenText, 'ManageServiceAccessTokens', 'access-token/*')).toBe('deny');
  });

  it('NO-ESCALATION: nobody clones a service token that can do more than they can', async () => {
    const { token } = await olivia.tokens.issue({
      kind: 'service',
      name: 'administers',
      permissions: { type: 'statements', statements: [administers] },
    });
    expect(await refusal(dana.tokens.clone({ tokenId: token.tokenId, name: 'mine' }))).toMatchObject({
      code: 'PERMISSIONS_NOT_COVERED',
      details: { counterexample: { action: 'CanManageIAM' } },
    });
  });

  it('NO-ESCALATION: is judged now, and not as when the original was issued', async () => {
    const { memberId } = await olivia.members.add({ email: 'cleo@acme.example', name: 'Cleo', policyIds: ['owner'] });
    const cleo = await installation.member('acme', memberId);
    const { token } = await cleo.tokens.issue({
      name: 'was an owner',
      permissions: { type: 'statements', statements: [administers] },
    });
    await olivia.members.setPolicies({ memberId, policyIds: ['developer'] });
    const demoted = await installation.member('acme', memberId);
    expect(await refusal(demoted.tokens.clone({ tokenId: token.tokenId, name: 'again' }))).toMatchObject({
      code: 'PERMISSIONS_NOT_COVERED',
    });
  });

  it("is for its owner: nobody clones somebody else's personal token, nor a revoked one", async () => {
    const { token } = await dana.tokens.issue({ name: 'of dana' });
    const { tokenId } = token;
    expect((await refusal(olivia.tokens.clone({ tokenId, name: 'stolen' }))).code).toBe('OWNER_ONLY');
    expect((await refusal(dana.tokens.clone({ tokenId, name: 'OF DANA' }))).code).toBe('NAME_TAKEN');
    await dana.tokens.revoke({ tokenId });
    expect((await refusal(dana.tokens.clone({ tokenId, name: 'phoenix' }))).code).toBe('TOKEN_REVOKED');
  });

  it('NO-SELF-HELP: by a token neither outlives it nor leaves its address ranges', async () => {
    const manages = await dana.tokens.issue({
      name: 'manages',
      permissions: { type: 'inherit', manageTokens: true },
      expiresAt: inTenDays(),
      addressRanges: ['192.0.2.0/24'],
    });
    const bearer = await installation.token(manages.tokenText);
    const { tokenId } = manages.token;
    expect((await refusal(bearer.tokens.clone({ tokenId, name: 'longer', expiresAt: null }))).code).toBe(
      'EXPIRY_AFTER_PARENT',
    );
    expect((await refusal(bearer.tokens.clone({ tokenId, name: 'wider', addressRanges: [] }))).code).toBe(
      'ADDRESS_OUTSIDE_PARENT',
    );
    expect((await bearer.tokens.clone({ tokenId, name: 'as long' })).token.parentTokenId).toBe(tokenId);
  });

  it('asked for again with its idempotency key is one clone', async () => {
    const { token } = await dana.tokens.issue({ name: 'cloned once' });
    const input = { tokenId: token.tokenId, name: 'the clone', idempotencyKey: 'clone-1' };
    const lost = await dana.tokens.clone(input);
    const answer = await dana.tokens.clone(input);
    expect(answer.token.tokenId).toBe(lost.token.tokenId);
    expect(answer.tokenText).not.toBe(lost.tokenText);
  });
});
