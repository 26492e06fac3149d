import { describe, expect, it } from 'vitest';
import { parseDuration, parseExpiry } from './duration.ts';

const NOW = Date.parse('2027-01-01T00:00:00Z');

describe('a duration', () => {
  it.each([
    ['0', 0],
    ['45s', 45_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['90d', 7_776_000_000],
    ['2w', 1_209_600_000],
  ])('is read: %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '1', 'h', '1.5h', '-1h', '1h30m', '1 h', '1H', '9999999d'])('is refused: %s', (text) =>
    expect(() => parseDuration(text)).toThrow('DURATION_INVALID'),
  );
});

describe('an expiry', () => {
  it.each([
    ['90d', '2027-04-01T00:00:00.000Z'],
    ['2027-01-31T09:00:00+09:00', '2027-01-31T00:00:00.000Z'],
    ['2027-01-31T09:00Z', '2027-01-31T09:00:00.000Z'],
  ])('is an instant: %s', (text, instant) => expect(parseExpiry(text, NOW)).toBe(instant));

  it.each(['2027-01-31', '2027-01-31T09:00:00', 'tomorrow', '2027-13-01T00:00:00Z', ''])('is refused: %s', (text) =>
    expect(() => parseExpiry(text, NOW)).toThrow('EXPIRY_INVALID'),
  );
});
