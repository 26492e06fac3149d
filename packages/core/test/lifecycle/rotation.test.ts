import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  liveSecrets,
  newestSecret,
  planRepeat,
  planRotation,
  type RotationInput,
  type SecretFacts,
} from '../../src/lifecycle/index.ts';

const HOUR = 3_600_000;
const NOW = 1_750_000_000_000;
const first: SecretFacts = { number: 1, acceptedUntil: null, spent: false };
const superseded: SecretFacts = { number: 1, acceptedUntil: NOW + HOUR, spent: false };
const second: SecretFacts = { number: 2, acceptedUntil: null, spent: false };
const plan = (change: Partial<RotationInput> = {}) =>
  planRotation({ secrets: [first], graceMs: HOUR, maxGraceMs: 24 * HOUR, now: NOW, cutOlder: false, ...change });

describe('a rotation', () => {
  it('gives the old secret its grace period and stops nothing', () => {
    expect(plan()).toEqual({
      ok: true,
      secretNumber: 2,
      supersede: { number: 1, acceptedUntil: NOW + HOUR },
      cut: [],
      stopping: false,
    });
  });

  it('without grace cuts the old secret at once, and is a stopping call', () => {
    expect(plan({ graceMs: 0 })).toEqual({
      ok: true,
      secretNumber: 2,
      supersede: { number: 1, acceptedUntil: NOW },
      cut: [1],
      stopping: true,
    });
  });

  it('is refused during a grace period, unless told to cut the older one now', () => {
    const secrets = [superseded, second];
    expect(plan({ secrets })).toEqual({ ok: false, code: 'ROTATION_IN_GRACE', graceEndsAt: NOW + HOUR });
    expect(plan({ secrets, graceMs: 0 })).toMatchObject({ ok: false, code: 'ROTATION_IN_GRACE' });
    expect(plan({ secrets, cutOlder: true })).toEqual({
      ok: true,
      secretNumber: 3,
      supersede: { number: 2, acceptedUntil: NOW + HOUR },
      cut: [1],
      stopping: true,
    });
    expect(plan({ secrets, cutOlder: true, graceMs: 0 })).toMatchObject({ cut: [1, 2], stopping: true });
  });

  it('after the grace period tidies the old secret, which stops nothing any more', () => {
    expect(plan({ secrets: [superseded, second], now: NOW + HOUR })).toMatchObject({
      ok: true,
      secretNumber: 3,
      cut: [1],
      stopping: false,
    });
  });

  it("keeps to the organization's longest grace period, and to sense", () => {
    expect(plan({ graceMs: 24 * HOUR }).ok).toBe(true);
    expect(plan({ graceMs: 24 * HOUR + 1 })).toEqual({ ok: false, code: 'GRACE_TOO_LONG', maxGraceMs: 24 * HOUR });
    expect(plan({ maxGraceMs: Number.NaN })).toMatchObject({ ok: false, code: 'GRACE_TOO_LONG' });
    for (const graceMs of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => plan({ graceMs })).toThrow(RangeError);
    }
  });

  it('of a token without a live newest secret is refused', () => {
    expect(plan({ secrets: [] })).toEqual({ ok: false, code: 'TOKEN_REVOKED' });
    expect(plan({ secrets: [{ ...first, spent: true }] })).toEqual({ ok: false, code: 'TOKEN_REVOKED' });
    expect(plan({ secrets: [superseded] })).toEqual({ ok: false, code: 'TOKEN_REVOKED' });
  });

  it('never leaves more than two live secrets, or fewer than one, in any history', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 30 * HOUR }),
      graceMs: fc.constantFrom(0, 1, HOUR, 24 * HOUR, 25 * HOUR),
      cutOlder: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let now = NOW;
        let secrets: SecretFacts[] = [first];
        for (const { afterMs, ...wish } of steps) {
          now += afterMs;
          const before = liveSecrets(secrets, now);
          const planned = plan({ secrets, now, ...wish });
          if (planned.ok) {
            // One more than any before: a number is never given twice, and with it no digest.
            expect(planned.secretNumber).toBe(Math.max(...secrets.map((secret) => secret.number)) + 1);
            const { supersede, cut } = planned;
            // What is spent is not spent again: an image of an image recognises nothing.
            expect(secrets.some((secret) => secret.spent && cut.includes(secret.number))).toBe(false);
            secrets = secrets.map((secret) => ({
              ...secret,
              acceptedUntil: secret.number === supersede.number ? supersede.acceptedUntil : secret.acceptedUntil,
              spent: secret.spent || cut.includes(secret.number),
            }));
            secrets.push({ number: planned.secretNumber, acceptedUntil: null, spent: false });
            const after = liveSecrets(secrets, now).map((secret) => secret.number);
            expect(planned.stopping).toBe(before.some((secret) => !after.includes(secret.number)));
          }
          const live = liveSecrets(secrets, now);
          expect(live.length).toBeGreaterThanOrEqual(1);
          expect(live.length).toBeLessThanOrEqual(2);
          expect(secrets.filter((secret) => !secret.spent).length).toBeLessThanOrEqual(2);
          expect(live).toContain(newestSecret(secrets));
        }
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });
});

describe('a lost answer that is asked for again (ONE-ROTATION)', () => {
  const unused = (secret: SecretFacts) => ({ ...secret, firstUsedAt: null });

  it('replaces the secret that nobody has used; nothing forks', () => {
    const secrets = [{ ...superseded, firstUsedAt: NOW - 1 }, unused(second)];
    expect(planRepeat({ secrets, secretNumber: 2 })).toEqual({ ok: true, secretNumber: 3, cut: [2] });
    expect(planRepeat({ secrets: [unused(first)], secretNumber: 1 })).toEqual({ ok: true, secretNumber: 2, cut: [1] });
  });

  it('is refused once somebody has used it, or something came after it', () => {
    const used = [{ ...second, firstUsedAt: NOW }];
    expect(planRepeat({ secrets: used, secretNumber: 2 })).toEqual({ ok: false, because: 'used' });
    const overtaken = { ok: false, because: 'overtaken' };
    expect(planRepeat({ secrets: [unused(superseded), unused(second)], secretNumber: 1 })).toEqual(overtaken);
    expect(planRepeat({ secrets: [unused({ ...second, spent: true })], secretNumber: 2 })).toEqual(overtaken);
    expect(planRepeat({ secrets: [unused(superseded)], secretNumber: 1 })).toEqual(overtaken);
    expect(planRepeat({ secrets: [], secretNumber: 1 })).toEqual(overtaken);
  });
});
