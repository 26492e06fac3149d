import { fail } from '../failure/cli-failure.ts';

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90d`, `24h`, `30m`, `45s` or `2w`, or 0, in milliseconds. @throws CliFailure */
export const parseDuration = (text: string): number => {
  if (text === '0') return 0;
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) throw fail('DURATION_INVALID', { text });
  return Number(count) * (UNITS[unit] ?? 0);
};

/** `90d` or `12w`: whole days, at least one. @throws CliFailure */
export const parseDays = (text: string): number => {
  const [, count, unit] = /^([1-9]\d{0,4})([dw])$/.exec(text) ?? [];
  if (count === undefined) throw fail('DAYS_INVALID', { text });
  return Number(count) * (unit === 'w' ? 7 : 1);
};

/** An instant with its zone (RFC 3339), or a duration from now on. @throws CliFailure */
export const parseExpiry = (text: string, now: number): string => {
  if (/^\d{1,6}[smhdw]$/.test(text)) return new Date(now + parseDuration(text)).toISOString();
  // Without a zone it would be somebody's local time, and nobody knows whose.
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i.test(text);
  if (!zoned || Number.isNaN(Date.parse(text))) throw fail('EXPIRY_INVALID', { text });
  return new Date(text).toISOString();
};
