import { describe, expect, it } from 'vitest';
import { messages } from '../src/language/messages.ts';
import { foundTokenId } from '../src/tokens/found-token.ts';
import { graceLabel } from '../src/tokens/grace-label.ts';
import { type SecretView, secretLife } from '../src/tokens/secret-life.ts';

const ID = '3fK0aZ81bQ7rTx2m';

describe('the id of a token that was found', () => {
  it.each([
    ['an id', ID],
    ['a whole token', `lk_pat_${ID}_${'a'.repeat(49)}`],
    ['one that was cut short', `lk_svc_${ID}_ab`],
    ['one whose secret was redacted', `lk_pat_${ID}_[redacted]`],
    ['a line of an environment file', `export FLAGS_TOKEN="acme1_pat_${ID}_${'b'.repeat(49)}"`],
    ['a line of a log', `401 GET /flags authorization=Bearer lk_pat_${ID}_… 12ms`],
  ])('is cut out of %s', (_, text) => {
    expect(foundTokenId(`  ${text}\n`)).toBe(ID);
  });

  it.each(['', 'hunter2', `lk_pat_${ID}x_a`, `LK_PAT_${ID}`, `lk_xyz_${ID}_a`, ID.slice(1)])(
    'is none in %j',
    (text) => {
      expect(foundTokenId(text)).toBeNull();
    },
  );
});

describe('the two secrets of a token', () => {
  const now = Date.parse('2027-01-10T12:00:00Z');
  const secret = (given: Partial<SecretView>): SecretView => ({
    ...{ number: 1, hint: 'wXyZ', createdAt: '2027-01-01T00:00:00.000Z', supersededAt: null, acceptedUntil: null },
    ...{ firstUsedAt: null, lastUsedAt: null, lastUsedAddress: null, lastUsedClient: null, cutWhenSilentMs: null },
    ...given,
  });
  const older = (given: Partial<SecretView> = {}) =>
    secret({ supersededAt: '2027-01-09T00:00:00.000Z', acceptedUntil: '2027-01-12T00:00:00.000Z', ...given });
  const newest = (firstUsedAt: string | null) => secret({ number: 2, firstUsedAt });
  const lifeOf = (...secrets: SecretView[]) => secretLife({ secrets }, now);

  it('are one where the older has ended, or never was', () => {
    expect(lifeOf(secret({}))).toEqual({ state: 'single' });
    expect(lifeOf(newest(null), older({ acceptedUntil: '2027-01-10T12:00:00.000Z' }))).toEqual({ state: 'single' });
  });

  it('wait for the newest one’s first use', () => {
    expect(lifeOf(newest(null), older({ lastUsedAt: '2027-01-08T00:00:00.000Z' }))).toMatchObject({ state: 'waiting' });
  });

  it('say that the older one is still in use, and when that ends soon', () => {
    const used = older({ lastUsedAt: '2027-01-10T11:00:00.000Z' });
    expect(lifeOf(newest('2027-01-09T12:00:00.000Z'), used)).toMatchObject({ state: 'still-used', soon: false });
    // Nobody has used the newest one: whoever presents the older has not been given it.
    expect(lifeOf(newest(null), used)).toMatchObject({ state: 'still-used' });
    const soon = { ...used, acceptedUntil: '2027-01-11T11:59:59.999Z' };
    expect(lifeOf(newest(null), soon)).toMatchObject({ state: 'still-used', soon: true });
  });

  it('say that the older one has fallen silent', () => {
    const silent = older({ lastUsedAt: '2027-01-09T11:00:00.000Z' });
    expect(lifeOf(newest('2027-01-09T12:00:00.000Z'), silent)).toMatchObject({ state: 'silent' });
  });
});

it('a length of time is said in the largest unit that leaves no rest', () => {
  expect([300_000, 3_600_000, 5_400_000, 86_400_000, 172_800_000].map((ms) => graceLabel(messages.en, ms))).toEqual([
    ...['5 minutes', '1 hour', '90 minutes', '24 hours', '2 days'],
  ]);
});
