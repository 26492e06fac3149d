import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HeldClock, openWithHeldClock } from '../held-clock.ts';
import type { Caller, Installation } from '../installation.ts';
import { refusal } from '../refusal.ts';

const NOW = Date.UTC(2031, 4, 5, 6, 7, 8, 9);
const MINUTE = 60_000;
const OFF = 10 * MINUTE;

let clock: HeldClock;
let installation: Installation;
let dana: Caller;
beforeAll(async () => {
  clock = await openWithHeldClock(NOW);
  ({ installation } = clock);
});
afterAll(() => installation.close());
beforeEach(async () => {
  await clock.setClock(NOW);
  dana = await installation.member('acme', 'dana');
});
afterEach(() => void vi.useRealTimers());

let names = 0;
const iso = (instant: number) => new Date(instant).toISOString();
const issue = (expiresAt: number | null) =>
  dana.tokens.issue({ name: `edge ${++names}`, expiresAt: expiresAt === null ? null : iso(expiresAt) });
const verify = (presentedToken: string) => installation.verifier().verify.verify({ presentedToken });
const acceptedAt = async (text: string, instant: number) => {
  await clock.setClock(instant);
  return (await verify(text)).accepted;
};

/** What this process believes the time to be, beside the database. */
const believe = (instant: number) => vi.useFakeTimers({ toFake: ['Date'], now: instant });

describe('to the millisecond', () => {
  it('CLOCK-EXPIRY: a token is accepted just before its expiry, and never at it or after', async () => {
    const { tokenText } = await issue(NOW + MINUTE);
    const around = [-1, 0, 1].map((ms) => NOW + MINUTE + ms);
    const verdicts: boolean[] = [];
    for (const instant of around) verdicts.push(await acceptedAt(tokenText, instant));
    expect(verdicts).toEqual([true, false, false]);
  });

  it('a superseded secret is accepted just before the end of its grace period, and never at it or after', async () => {
    const { token, tokenText } = await issue(null);
    const rotated = await dana.tokens.rotate({ tokenId: token.tokenId, graceMs: MINUTE });
    const verdicts: boolean[] = [];
    for (const ms of [-1, 0, 1]) verdicts.push(await acceptedAt(tokenText, NOW + MINUTE + ms));
    expect(verdicts).toEqual([true, false, false]);
    expect(await acceptedAt(rotated.tokenText, NOW + MINUTE + 1)).toBe(true);
  });

  it('a grace period of a millisecond is one', async () => {
    const { token, tokenText } = await issue(null);
    await dana.tokens.rotate({ tokenId: token.tokenId, graceMs: 1 });
    expect([await acceptedAt(tokenText, NOW), await acceptedAt(tokenText, NOW + 1)]).toEqual([true, false]);
  });

  it('an expiry lies at least a millisecond ahead', async () => {
    for (const instant of [NOW - 1, NOW]) expect((await refusal(issue(instant))).code).toBe('EXPIRY_IN_PAST');
    expect((await issue(NOW + 1)).token).toMatchObject({ status: 'active', expiresAt: iso(NOW + 1) });
  });

  it('what is finer than a millisecond never makes a token live longer than was written', async () => {
    const { token, tokenText } = await dana.tokens.issue({
      name: `fine ${++names}`,
      expiresAt: '2031-05-05T06:08:00.0019999Z',
    });
    expect(token.expiresAt).toBe('2031-05-05T06:08:00.001Z');
    expect(await acceptedAt(tokenText, Date.parse('2031-05-05T06:08:00.001Z'))).toBe(false);
  });

  it('a list, a look and a verification agree on the same instant', async () => {
    const { token, tokenText } = await issue(NOW + 1);
    const { tokenId } = token;
    const statuses = async () => [
      (await dana.tokens.get({ tokenId })).status,
      (await dana.tokens.list({ status: 'expired', nameContains: token.name })).items.length,
      (await verify(tokenText)).accepted,
    ];
    expect(await statuses()).toEqual(['active', 0, true]);
    await clock.setClock(NOW + 1);
    expect(await statuses()).toEqual(['expired', 1, false]);
  });
});

describe.each([
  ['ahead of', OFF],
  ['behind', -OFF],
])('a server whose clock is ten minutes %s the database’s', (_, off) => {
  it("CLOCK-EXPIRY: goes by the database's, for expiry and for the grace period", async () => {
    const expiring = await issue(NOW + MINUTE);
    const rotated = await issue(null);
    await dana.tokens.rotate({ tokenId: rotated.token.tokenId, graceMs: MINUTE });
    believe(NOW + off);
    for (const { tokenText } of [expiring, rotated]) {
      expect([await acceptedAt(tokenText, NOW + MINUTE - 1), await acceptedAt(tokenText, NOW + MINUTE)]).toEqual([
        true,
        false,
      ]);
    }
    await clock.setClock(NOW + MINUTE);
    expect((await dana.tokens.get({ tokenId: expiring.token.tokenId })).status).toBe('expired');
  });

  it("issues and rotates by the database's: what it writes down is that clock's", async () => {
    believe(NOW + off);
    // By its own clock the one would have passed long ago, or the other would still be to come.
    expect((await issue(NOW + 1)).token).toMatchObject({ createdAt: iso(NOW), status: 'active' });
    expect((await refusal(issue(NOW))).code).toBe('EXPIRY_IN_PAST');
    const { token } = await issue(null);
    const { secrets } = (await dana.tokens.rotate({ tokenId: token.tokenId, graceMs: MINUTE })).token;
    expect(secrets[1]).toMatchObject({ supersededAt: iso(NOW), acceptedUntil: iso(NOW + MINUTE) });
  });

  it("writes the audit trail by the database's, the removal of a member too", async () => {
    const olivia = await installation.member('acme', 'olivia');
    const { memberId } = await olivia.members.add({ email: `off-${off}@acme.example`, name: 'Off' });
    believe(NOW + off);
    await clock.setClock(NOW + 1);
    await olivia.members.remove({ memberId });
    const { items } = await olivia.audit.list({ targetId: memberId });
    expect(items.map(({ action, at }) => [action, at])).toEqual([
      ['member.removed', iso(NOW + 1)],
      ['member.added', iso(NOW)],
    ]);
  });
});
