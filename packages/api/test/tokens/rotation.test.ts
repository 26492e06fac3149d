import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createVerifying } from '../../src/verifying/create-verifying.ts';
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

let tokenId: string;
let old: string;
let names = 0;
beforeEach(async () => {
  const issued = await dana.tokens.issue({ name: `rotation ${++names}` });
  ({ tokenId } = issued.token);
  old = issued.tokenText;
});

const verify = (presentedToken: string, address = '192.0.2.9') =>
  installation.verifier().verify.verify({ presentedToken, address, client: 'old job/1.0' });
const eventsOf = async (action: string) => (await olivia.audit.list({ targetId: tokenId, action })).items;

it('ONE-ROTATION: of 200 at once one wins, and the others find its grace period', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => dana.tokens.rotate({ tokenId })));
  const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  expect(won).toHaveLength(1);
  const codes = await Promise.all(
    outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [refusal(Promise.reject(outcome.reason))] : [])),
  );
  // On a slow machine the last ones are told to try again, and then find the same.
  for (const { code } of codes) expect(['ROTATION_IN_GRACE', 'STORE_UNAVAILABLE']).toContain(code);
  expect((await refusal(dana.tokens.rotate({ tokenId }))).code).toBe('ROTATION_IN_GRACE');
  const { secrets } = await dana.tokens.get({ tokenId });
  expect(secrets.map(({ number }) => number)).toEqual([2, 1]);
  expect(await verify(won[0]?.tokenText ?? '')).toMatchObject({ accepted: true });
  expect(await eventsOf('token.rotated')).toHaveLength(1);
});

it('ONE-ROTATION: a rotation and a revocation at once leave a revoked token, whichever comes first', async () => {
  const [rotated] = await Promise.allSettled([dana.tokens.rotate({ tokenId }), dana.tokens.revoke({ tokenId })]);
  expect((await dana.tokens.get({ tokenId })).status).toBe('revoked');
  const texts = rotated.status === 'fulfilled' ? [old, rotated.value.tokenText] : [old];
  for (const text of texts) expect(await verify(text)).toEqual({ accepted: false, status: 401 });
});

it('shows how long the old secret has to be silent for its grace period to end early', async () => {
  const { token } = await dana.tokens.rotate({ tokenId, cutWhenSilentMs: 600_000 });
  expect(token.secrets.map(({ number, cutWhenSilentMs }) => [number, cutWhenSilentMs])).toEqual([
    [2, null],
    [1, 600_000],
  ]);
  // Uses are recorded a little late: a shorter silence could not be told from use.
  expect((await refusal(dana.tokens.rotate({ tokenId, cutOlder: true, cutWhenSilentMs: 299_999 }))).code).toBe(
    'BAD_INPUT',
  );
});

describe('a secret that is used after it was cut', () => {
  const cut = async () => {
    await dana.tokens.rotate({ tokenId });
    await dana.tokens.cutGracePeriod({ tokenId });
  };
  const lateUses = async () => {
    await vi.waitUntil(async () => (await eventsOf('token.used_after_cut')).length > 0);
    return eventsOf('token.used_after_cut');
  };

  it('is recorded with where from and by which client, once an hour', async () => {
    await cut();
    for (let times = 0; times < 3; times += 1) {
      expect(await verify(old)).toEqual({ accepted: false, status: 401 });
    }
    expect(await lateUses()).toMatchObject([
      {
        actor: { type: 'token', id: tokenId },
        address: '192.0.2.9',
        client: 'old job/1.0',
        details: { secretNumber: 1 },
      },
    ]);
    expect((await dana.tokens.get({ tokenId })).status).toBe('active');
  });

  it('is told, by the organization’s choice: to its owner, to administrators, once a day for each secret', async () => {
    const messages = () =>
      installation.sql<{ payload: Record<string, unknown> }>(
        "select payload from latchkey.outbox_message where name = 'notify' and payload ->> 'tokenId' = ? order by created_at",
        [tokenId],
      );
    const useLate = async (count: number) => {
      await installation.bend('update latchkey.token set late_used_at = null');
      // Another process's memory: this one has noted the use a moment ago.
      const { verifier } = createVerifying(installation.deps);
      await verifier.verify(old, { address: '192.0.2.9', client: 'old job/1.0' });
      await vi.waitUntil(async () => (await messages()).length === count);
    };
    await cut();
    await useLate(1);
    await olivia.settings.update({ told: { owner: true, administrators: true } });
    await useLate(2);
    const [first, second] = (await messages()).map(({ payload }) => payload);
    expect(first).toMatchObject({
      ...{ kind: 'late_use', tokenId, memberIds: ['dana'], administrators: false },
      ...{ address: '192.0.2.9', client: 'old job/1.0' },
    });
    // The same thing, told again: whoever was told is told nothing (ONE-REMINDER).
    expect(second).toMatchObject({ notificationId: first?.['notificationId'], administrators: true });
    await olivia.settings.update({ told: { owner: false, administrators: false } });
    const before = (await eventsOf('token.used_after_cut')).length;
    await installation.bend('update latchkey.token set late_used_at = null');
    await createVerifying(installation.deps).verifier.verify(old);
    await vi.waitUntil(async () => (await eventsOf('token.used_after_cut')).length > before);
    expect(await messages()).toHaveLength(2);
    await olivia.settings.update({ told: { owner: true, administrators: false } });
  });

  it('is recorded, too, where its grace period has simply ended', async () => {
    await dana.tokens.rotate({ tokenId });
    await installation.sql(
      "update latchkey.secret set accepted_until = now() - interval '1 s' where token_id = ? and number = 1",
      [tokenId],
    );
    await verify(old);
    expect(await lateUses()).toHaveLength(1);
  });

  it('deactivates the token where the organization has chosen so; its owner activates it again', async () => {
    await olivia.settings.update({ lateUse: 'deactivate' });
    await cut();
    await verify(old);
    await vi.waitUntil(async () => (await dana.tokens.get({ tokenId })).status === 'inactive');
    expect(await dana.tokens.get({ tokenId })).toMatchObject({ deactivatedBecause: 'late_use' });
    expect(await eventsOf('token.deactivated')).toMatchObject([{ details: { because: 'late_use' } }]);
    expect(await installation.sql('select 1 from latchkey.change where subject_id = ?', [tokenId])).not.toEqual([]);
    expect(await dana.tokens.activate({ tokenId })).toMatchObject({ status: 'active', deactivatedBecause: null });
    await olivia.settings.update({ lateUse: 'record' });
  });

  it('of a text that never was its secret nothing is recorded', async () => {
    await cut();
    const { tokenText } = await dana.tokens.issue({ name: `another ${names}` });
    // Its id with somebody else's secret: the checksum and the tag don't fit, and a digest would not either.
    await verify(old.slice(0, 24) + tokenText.slice(24));
    await verify(old);
    expect(await lateUses()).toHaveLength(1);
  });
});
