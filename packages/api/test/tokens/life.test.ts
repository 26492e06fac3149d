import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal, refusals } from '../refusal.ts';

let installation: Installation;
let dana: Caller;
let olivia: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  dana = await installation.member('acme', 'dana');
  olivia = await installation.member('acme', 'olivia');
});
afterAll(() => installation.close());

let tokenId: string;
let tokenText: string;
let names = 0;
beforeEach(async () => {
  const issued = await dana.tokens.issue({ name: `life ${++names}` });
  ({ tokenId } = issued.token);
  ({ tokenText } = issued);
});

const verify = (presentedToken: string) => installation.verifier().verify.verify({ presentedToken });
const events = async () => (await olivia.audit.list({ targetId: tokenId })).items.map(({ action }) => action).reverse();
const changes = async () =>
  (
    await installation.sql<{ count: number }>(
      'select count(*)::int as count from latchkey.change where subject_id = ?',
      [tokenId],
    )
  )[0]?.count;

describe('stopping', () => {
  it('a deactivated token is 403, and works again when it is activated', async () => {
    const stopped = await dana.tokens.deactivate({ tokenId, reason: 'holiday' });
    expect(stopped).toMatchObject({ settled: true, token: { status: 'inactive', deactivatedBecause: 'asked' } });
    expect(await verify(tokenText)).toEqual({ accepted: false, status: 403, reason: 'inactive' });
    expect(await dana.tokens.activate({ tokenId })).toMatchObject({ status: 'active', deactivatedAt: null });
    expect(await verify(tokenText)).toMatchObject({ accepted: true });
    expect(await events()).toEqual(['token.issued', 'token.deactivated', 'token.activated']);
  });

  it('a revoked token is 401 for good, and its digests are spent', async () => {
    await dana.tokens.revoke({ tokenId });
    expect(await verify(tokenText)).toEqual({ accepted: false, status: 401 });
    for (const refused of await refusals([
      dana.tokens.activate({ tokenId }),
      dana.tokens.rotate({ tokenId }),
      dana.tokens.rename({ tokenId, name: 'phoenix' }),
      dana.tokens.describe({ tokenId, description: 'phoenix' }),
    ])) {
      expect(refused.code).toBe('TOKEN_REVOKED');
    }
    expect(await dana.tokens.deactivate({ tokenId })).toMatchObject({ settled: true, token: { status: 'revoked' } });
    const secrets = await installation.sql<{ spent: boolean }>('select spent from latchkey.secret where token_id = ?', [
      tokenId,
    ]);
    expect(secrets).toEqual([{ spent: true }]);
  });

  it('said twice, or by many at once, it is one effect and one audit event, and settles each time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => dana.tokens.deactivate({ tokenId })));
    expect(answers.every(({ settled, token }) => settled && token.status === 'inactive')).toBe(true);
    const answersOfRevoke = await Promise.all(Array.from({ length: 8 }, () => dana.tokens.revoke({ tokenId })));
    expect(answersOfRevoke.every(({ settled, token }) => settled && token.status === 'revoked')).toBe(true);
    expect(await events()).toEqual(['token.issued', 'token.deactivated', 'token.revoked']);
    expect(await changes()).toBe(16);
  });

  it('an administrator stops any token, and does nothing else to it', async () => {
    const adam = await installation.member('acme', 'adam');
    expect(await adam.tokens.deactivate({ tokenId })).toMatchObject({ token: { status: 'inactive' } });
    for (const refused of await refusals([
      adam.tokens.activate({ tokenId }),
      adam.tokens.rotate({ tokenId }),
      adam.tokens.rename({ tokenId, name: 'mine now' }),
      adam.tokens.describe({ tokenId, description: 'mine now' }),
    ])) {
      expect(refused).toEqual({ code: 'OWNER_ONLY', details: {} });
    }
    expect(await adam.tokens.revoke({ tokenId })).toMatchObject({ token: { status: 'revoked' } });
  });

  it("a developer stops nobody else's personal token, and learns which permission that takes", async () => {
    const devin = await installation.member('acme', 'devin');
    for (const refused of await refusals([devin.tokens.deactivate({ tokenId }), devin.tokens.revoke({ tokenId })])) {
      expect(refused).toMatchObject({ code: 'NOT_ALLOWED', details: { action: 'CanManageIAM' } });
    }
    // Without the permission to list it doesn't even learn that there is such a token.
    const bea = await installation.member('acme', 'bea');
    expect(await refusal(bea.tokens.revoke({ tokenId }))).toEqual({ code: 'NOT_FOUND', details: {} });
    expect(await verify(tokenText)).toMatchObject({ accepted: true });
  });
});

describe('naming', () => {
  it('renames and describes, once each, and refuses what somebody else has changed meanwhile', async () => {
    const { revision } = await dana.tokens.get({ tokenId });
    const name = `renamed ${names}`;
    expect(await dana.tokens.rename({ tokenId, name, revision })).toMatchObject({ name, revision: revision + 1 });
    expect(await dana.tokens.rename({ tokenId, name })).toMatchObject({ name, revision: revision + 1 });
    expect(await refusal(dana.tokens.describe({ tokenId, description: 'x', revision }))).toEqual({
      code: 'CONFLICT',
      details: { revision: revision + 1 },
    });
    expect(await dana.tokens.describe({ tokenId, description: 'the train' })).toMatchObject({
      description: 'the train',
    });
    expect(await dana.tokens.describe({ tokenId, description: null })).toMatchObject({ description: null });
    expect(await events()).toEqual(['token.issued', 'token.renamed', 'token.described', 'token.described']);
  });

  it('takes no name that another token has', async () => {
    await dana.tokens.issue({ name: `taken ${names}` });
    expect((await refusal(dana.tokens.rename({ tokenId, name: `TAKEN ${names}` }))).code).toBe('NAME_TAKEN');
  });
});

describe('rotating', () => {
  it('reveals a new secret once; the old one is accepted for a day', async () => {
    const rotated = await dana.tokens.rotate({ tokenId });
    expect(rotated.tokenText).not.toBe(tokenText);
    expect(rotated.token.secrets.map(({ number }) => number)).toEqual([2, 1]);
    const [, old] = rotated.token.secrets;
    expect(Date.parse(old?.acceptedUntil ?? '') - Date.parse(old?.supersededAt ?? '')).toBe(86_400_000);
    for (const text of [tokenText, rotated.tokenText]) expect(await verify(text)).toMatchObject({ accepted: true });
    expect(await events()).toEqual(['token.issued', 'token.rotated']);
  });

  it('without grace the old one is refused at once', async () => {
    const rotated = await dana.tokens.rotate({ tokenId, graceMs: 0 });
    expect(await verify(tokenText)).toEqual({ accepted: false, status: 401 });
    expect(await verify(rotated.tokenText)).toMatchObject({ accepted: true });
    expect(await changes()).toBe(1);
  });

  it('keeps at most two secrets, and cuts the older one only when told to', async () => {
    const second = await dana.tokens.rotate({ tokenId });
    expect(await refusal(dana.tokens.rotate({ tokenId }))).toMatchObject({
      code: 'ROTATION_IN_GRACE',
      details: { graceEndsAt: second.token.secrets[1]?.acceptedUntil },
    });
    const third = await dana.tokens.rotate({ tokenId, cutOlder: true });
    expect(third.token.secrets.map(({ number }) => number)).toEqual([3, 2]);
    expect(await verify(tokenText)).toEqual({ accepted: false, status: 401 });
    for (const { tokenText: text } of [second, third]) expect(await verify(text)).toMatchObject({ accepted: true });
  });

  it('of 40 at once one wins (ONE-ROTATION)', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => dana.tokens.rotate({ tokenId })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await events()).toEqual(['token.issued', 'token.rotated']);
  });

  it("is bounded by the organization's longest grace period", async () => {
    const week = 7 * 86_400_000;
    const [limit] = await installation.sql<{ ms: string }>(
      "select max_grace_ms as ms from latchkey.organization where organization_id = 'acme'",
    );
    const maxGraceMs = Number(limit?.ms);
    expect(maxGraceMs).toBeGreaterThan(0);
    expect(await refusal(dana.tokens.rotate({ tokenId, graceMs: maxGraceMs + week }))).toEqual({
      code: 'GRACE_TOO_LONG',
      details: { maxGraceMs },
    });
  });
});

describe('NO-ESCALATION', () => {
  it('nobody rotates or activates a service token that can do more than they can', async () => {
    const adam = await installation.member('acme', 'adam');
    const statements = [{ effect: 'allow', resourceType: 'iam', actions: ['CanManageIAM'], resources: ['iam/*'] }];
    const admin = await adam.tokens.issue({
      kind: 'service',
      name: `admin bot ${names}`,
      permissions: { type: 'statements', statements },
    });
    const id = admin.token.tokenId;
    const exceeded = { code: 'PERMISSIONS_NOT_COVERED', details: { counterexample: { action: 'CanManageIAM' } } };
    expect(await refusal(dana.tokens.rotate({ tokenId: id }))).toMatchObject(exceeded);
    // Stopping and naming hand out nothing.
    expect(await dana.tokens.deactivate({ tokenId: id })).toMatchObject({ token: { status: 'inactive' } });
    expect(await refusal(dana.tokens.activate({ tokenId: id }))).toMatchObject(exceeded);
    expect(await dana.tokens.rename({ tokenId: id, name: `bot ${names}` })).toMatchObject({ name: `bot ${names}` });
    expect(await adam.tokens.activate({ tokenId: id })).toMatchObject({ status: 'active' });
    expect((await adam.tokens.rotate({ tokenId: id })).token.secrets).toHaveLength(2);
  });

  it('a demotion counts at once, whatever the call began with', async () => {
    const { memberId } = await olivia.members.add({
      email: `m${names}@acme.example`,
      name: 'Mia',
      policyIds: ['developer'],
    });
    const mia = await installation.member('acme', memberId);
    const mine = await mia.tokens.issue({ name: `mia ${names}` });
    await olivia.members.setPolicies({ memberId, policyIds: [] });
    expect(await refusal(mia.tokens.rotate({ tokenId: mine.token.tokenId }))).toMatchObject({ code: 'NOT_ALLOWED' });
    // Its own are always visible to a member.
    expect((await (await installation.member('acme', memberId)).tokens.list()).items).toHaveLength(1);
  });
});
