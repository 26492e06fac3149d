import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings, type ExpiryInput, planExpiry } from '../../src/lifecycle/index.ts';

const DAY = 86_400_000;
const NOW = 1_750_000_000_000;
const plan = (settings: Partial<ExpiryInput['settings']>, given: Partial<ExpiryInput> = {}) =>
  planExpiry({
    settings: { ...defaultSettings, ...settings },
    kind: 'personal',
    asked: undefined,
    createdAt: NOW,
    parentExpiresAt: null,
    ...given,
  });
const ofPersonal = (personal: number) => ({ personal, service: null });

describe('the expiry of a token', () => {
  it('is none where nobody asks for one and nothing demands it', () => {
    expect(plan({})).toEqual({ ok: true, expiresAt: null });
    expect(plan({}, { asked: NOW + DAY })).toEqual({ ok: true, expiresAt: NOW + DAY });
  });

  it('that is demanded is refused when there is none, whether nothing was said or "never"', () => {
    const demanded = { expiryDemanded: { personal: true, service: false } };
    for (const asked of [undefined, null]) {
      expect(plan(demanded, { asked })).toEqual({ ok: false, code: 'EXPIRY_REQUIRED' });
      expect(plan(demanded, { asked, kind: 'service' })).toEqual({ ok: true, expiresAt: null });
      expect(plan({ maxLifetimeDays: ofPersonal(9) }, { asked })).toEqual({ ok: false, code: 'EXPIRY_REQUIRED' });
    }
  });

  it('may reach the longest lifetime, to the millisecond', () => {
    const settings = { maxLifetimeDays: ofPersonal(9) };
    expect(plan(settings, { asked: NOW + 9 * DAY })).toEqual({ ok: true, expiresAt: NOW + 9 * DAY });
    expect(plan(settings, { asked: NOW + 9 * DAY + 1 })).toEqual({
      ok: false,
      code: 'EXPIRY_TOO_FAR',
      latest: NOW + 9 * DAY,
      maxLifetimeDays: 9,
    });
  });

  it('that nobody asked for is the default, which "never" overrules and a parent cuts short', () => {
    const settings = { defaultLifetimeDays: ofPersonal(30) };
    expect(plan(settings)).toEqual({ ok: true, expiresAt: NOW + 30 * DAY });
    expect(plan(settings, { asked: null })).toEqual({ ok: true, expiresAt: null });
    expect(plan(settings, { parentExpiresAt: NOW + DAY })).toEqual({ ok: true, expiresAt: NOW + DAY });
  });

  it('never exceeds the longest lifetime, however often it is extended', () => {
    const days = fc.integer({ min: 1, max: 3_650 });
    fc.assert(
      fc.property(days, fc.array(fc.integer({ min: 0, max: 400 * DAY })), (max, steps) => {
        let expiresAt = NOW;
        for (const step of steps) {
          const found = plan({ maxLifetimeDays: ofPersonal(max) }, { asked: expiresAt + step });
          if (found.ok && found.expiresAt !== null) expiresAt = found.expiresAt;
        }
        expect(expiresAt - NOW).toBeLessThanOrEqual(max * DAY);
      }),
    );
  });
});
