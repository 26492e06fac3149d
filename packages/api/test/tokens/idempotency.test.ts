import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createVerifying } from '../../src/verifying/create-verifying.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal, refusals } from '../refusal.ts';

let installation: Installation;
let dana: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  dana = await installation.member('acme', 'dana');
});
afterAll(() => installation.close());

let count = 0;
let key: string;
beforeEach(() => {
  key = `key-${++count}`;
});

const verify = async (presentedToken: string) =>
  (await installation.verifier().verify.verify({ presentedToken })).accepted;
const events = async (targetId: string) => {
  const olivia = await installation.member('acme', 'olivia');
  return (await olivia.audit.list({ targetId })).items.map(({ action }) => action).reverse();
};
const statements = [
  { effect: 'allow', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['project/shop:env/*:flag/*'] },
];

describe('a lost answer that revealed a secret is asked for again by its idempotency key', () => {
  it.each([
    ['a personal token', {}],
    ['a service token', { kind: 'service', permissions: { type: 'statements', statements } }],
  ] as const)('issuing %s again replaces the unused secret, and makes no second token', async (_, terms) => {
    const input = { name: `once ${count}`, ...terms, idempotencyKey: key };
    const lost = await dana.tokens.issue(input as never);
    const answer = await dana.tokens.issue(input as never);
    expect(answer.token.tokenId).toBe(lost.token.tokenId);
    expect(answer.tokenText).not.toBe(lost.tokenText);
    expect(await events(answer.token.tokenId)).toEqual(['token.issued', 'token.rotated']);
    expect(await verify(lost.tokenText)).toBe(false);
    expect(await verify(answer.tokenText)).toBe(true);
    expect(answer.token.secrets.map(({ number }) => number)).toEqual([2]);
  });

  it('rotating again leaves the old secret its grace period, and nothing forks (ONE-ROTATION)', async () => {
    const { token, tokenText: old } = await dana.tokens.issue({ name: `rotates ${count}` });
    const { tokenId } = token;
    const lost = await dana.tokens.rotate({ tokenId, graceMs: 3_600_000, idempotencyKey: key });
    const answer = await dana.tokens.rotate({ tokenId, graceMs: 3_600_000, idempotencyKey: key });
    expect(answer.token.secrets.map(({ number }) => number)).toEqual([3, 1]);
    expect(answer.token.secrets[1]?.acceptedUntil).toBe(lost.token.secrets[1]?.acceptedUntil);
    expect(await Promise.all([old, lost.tokenText, answer.tokenText].map(verify))).toEqual([true, false, true]);
  });

  it('a secret that somebody has used is not replaced: the answer was not lost', async () => {
    const input = { name: `used ${count}`, idempotencyKey: key };
    const { token, tokenText } = await dana.tokens.issue(input);
    expect(await verify(tokenText)).toBe(true);
    const { tokenId } = token;
    expect(await refusal(dana.tokens.issue(input))).toEqual({
      code: 'ALREADY_REVEALED',
      details: { because: 'used', tokenId },
    });
    expect(await verify(tokenText)).toBe(true);
    await dana.tokens.rotate({ tokenId });
    expect(await refusal(dana.tokens.issue(input))).toMatchObject({ details: { because: 'overtaken' } });
  });

  it('ONE-ROTATION: a secret that is replaced while it is verified is not accepted', async () => {
    const input = { name: `replaced ${count}`, idempotencyKey: key };
    const first = await dana.tokens.issue(input);
    const { store } = installation.deps;
    let again: typeof first | undefined;
    const recordFirstUse = async (...use: Parameters<typeof store.tokens.recordFirstUse>) => {
      again = await dana.tokens.issue(input);
      return store.tokens.recordFirstUse(...use);
    };
    const tokens = { ...store.tokens, recordFirstUse };
    const { verifier } = createVerifying({ ...installation.deps, store: { ...store, tokens } });
    expect(await verifier.verify(first.tokenText)).toMatchObject({ accepted: false, status: 401 });
    expect(await verify(again?.tokenText ?? '')).toBe(true);
  });

  it('a first use that is recorded while the call repeats is found', async () => {
    const input = { name: `close ${count}`, idempotencyKey: key };
    const { token, tokenText } = await dana.tokens.issue(input);
    const held = await installation.hold();
    await installation.deps.store.tokens.findForUpdate('acme', token.tokenId, held.tx);
    const repeating = refusal(dana.tokens.issue(input));
    await vi.waitUntil(async () => (await installation.waiting()) > 0);
    expect(await verify(tokenText)).toBe(true);
    await held.commit();
    expect(await repeating).toMatchObject({ code: 'ALREADY_REVEALED', details: { because: 'used' } });
    expect(await verify(tokenText)).toBe(true);
  });

  it('many at once with one key are one call, and one live secret is left', async () => {
    const input = { name: `many ${count}`, idempotencyKey: key };
    const answers = await Promise.all(Array.from({ length: 12 }, () => dana.tokens.issue(input)));
    expect(new Set(answers.map(({ token }) => token.tokenId)).size).toBe(1);
    const accepted = await Promise.all(answers.map(({ tokenText }) => verify(tokenText)));
    expect(accepted.filter(Boolean)).toHaveLength(1);
  });

  it('is judged anew: who may not have it any more gets no secret', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const email = `id${count}@acme.example`;
    const { memberId } = await olivia.members.add({ email, name: 'Ida', policyIds: ['developer'] });
    const ida = await installation.member('acme', memberId);
    const input = {
      kind: 'service',
      name: `judged ${count}`,
      permissions: { type: 'statements', statements },
      idempotencyKey: key,
    } as const;
    const { tokenText } = await ida.tokens.issue(input as never);
    await olivia.members.setPolicies({ memberId, policyIds: [] });
    expect((await refusal(ida.tokens.issue(input as never))).code).toBe('NOT_ALLOWED');
    expect(await verify(tokenText)).toBe(true);
  });

  it('a revoked token gets no secret by it', async () => {
    const input = { name: `gone ${count}`, idempotencyKey: key };
    const { token } = await dana.tokens.issue(input);
    await dana.tokens.revoke({ tokenId: token.tokenId });
    expect((await refusal(dana.tokens.issue(input))).code).toBe('TOKEN_REVOKED');
  });

  it('SECRET-ONCE: nothing that is stored for it holds a secret', async () => {
    const input = { name: `stored ${count}`, idempotencyKey: key };
    const { token, tokenText } = await dana.tokens.issue(input);
    const stored = await installation.sql('select kept from latchkey.idempotency_key where key = ?', [key]);
    expect(stored).toEqual([{ kept: { tokenId: token.tokenId, secretNumber: 1 } }]);
    expect(await installation.dump()).not.toContain(tokenText.slice(-40));
  });
});

describe('any other call', () => {
  it('gives its first answer again, and is not done twice', async () => {
    const { token } = await dana.tokens.issue({ name: `again ${count}` });
    const { tokenId } = token;
    const name = `renamed ${count}`;
    const first = await dana.tokens.rename({ tokenId, name, idempotencyKey: key });
    await dana.tokens.rename({ tokenId, name: `and again ${count}` });
    expect(await dana.tokens.rename({ tokenId, name, idempotencyKey: key })).toEqual(first);
    expect((await dana.tokens.get({ tokenId })).name).toBe(`and again ${count}`);
  });

  it('a stopping call does not stop again what was started since, and writes its change so that it settles', async () => {
    const { token, tokenText } = await dana.tokens.issue({ name: `stops ${count}` });
    const { tokenId } = token;
    const changes = async () =>
      (await installation.sql('select 1 from latchkey.change where subject_id = ?', [tokenId])).length;
    const first = await dana.tokens.deactivate({ tokenId, idempotencyKey: key });
    await dana.tokens.activate({ tokenId });
    const before = await changes();
    expect((await dana.tokens.deactivate({ tokenId, idempotencyKey: key })).token).toEqual(first.token);
    expect(await changes()).toBe(before + 1);
    expect(await verify(tokenText)).toBe(true);
  });

  it('that was refused leaves its key free', async () => {
    await dana.tokens.issue({ name: `taken ${count}` });
    const input = { name: `taken ${count}`, idempotencyKey: key };
    expect((await refusal(dana.tokens.issue(input))).code).toBe('NAME_TAKEN');
    expect((await dana.tokens.issue({ ...input, name: `free ${count}` })).token.name).toBe(`free ${count}`);
  });
});

describe('a key', () => {
  it('with another input is refused, and nothing happens', async () => {
    await dana.tokens.issue({ name: `first ${count}`, idempotencyKey: key });
    for (const refused of await refusals([
      dana.tokens.issue({ name: `second ${count}`, idempotencyKey: key }),
      dana.tokens.issue({ name: `first ${count}`, description: 'more', idempotencyKey: key }),
    ])) {
      expect(refused).toEqual({ code: 'IDEMPOTENCY_MISMATCH', details: {} });
    }
    expect((await dana.tokens.list({ nameContains: `second ${count}` })).items).toEqual([]);
  });

  it('of somebody else, or of another procedure, is another key', async () => {
    const { token } = await dana.tokens.issue({ name: `mine ${count}`, idempotencyKey: key });
    const devin = await installation.member('acme', 'devin');
    const theirs = await devin.tokens.issue({ name: `theirs ${count}`, idempotencyKey: key });
    expect(theirs.token.tokenId).not.toBe(token.tokenId);
    const { tokenId } = token;
    expect((await dana.tokens.rotate({ tokenId, idempotencyKey: key })).token.secrets).toHaveLength(2);
  });

  it.each(['', 'with space', 'ключ', 'x'.repeat(129)])('is 1 to 128 visible ASCII characters, not %j', async (bad) => {
    const { code } = await refusal(dana.tokens.issue({ name: `bad ${count}`, idempotencyKey: bad }));
    expect(code).toBe('BAD_INPUT');
  });
});
