import type { Language } from './languages.ts';

/** Dates, times and numbers as a language writes them, in the reader's time zone. */
export interface Format {
  readonly number: (value: number) => string;
  /** An instant (RFC 3339) to the minute. */
  readonly dateTime: (instant: string) => string;
  readonly date: (instant: string) => string;
  /** The same instant in UTC, to be shown beside the reader's own time. */
  readonly utc: (instant: string) => string;
  /** How far from `now`, such as "3 days ago". */
  readonly relative: (instant: string, now: number) => string;
  readonly list: (items: readonly string[]) => string;
}

/** Unit, its length, and the distance from which on it is used: "in 90 days" says more than "in 3 months". */
const UNITS = [
  ['year', 31_557_600_000, 63_115_200_000],
  ['month', 2_629_800_000, 10_368_000_000],
  ['day', 86_400_000, 84_600_000],
  ['hour', 3_600_000, 3_570_000],
  ['minute', 60_000, 0],
] as const;

/** @param timeZone IANA name; the machine's own where left out. */
export const createFormat = (language: Language, timeZone?: string): Format => {
  const zone = timeZone === undefined ? {} : { timeZone };
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', ...zone });
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', ...zone });
  const utc = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const number = new Intl.NumberFormat(language);
  const list = new Intl.ListFormat(language, { type: 'conjunction' });
  return {
    number: (value) => number.format(value),
    dateTime: (instant) => dateTime.format(new Date(instant)),
    date: (instant) => date.format(new Date(instant)),
    utc: (instant) => `${utc.format(new Date(instant))} UTC`,
    relative: (instant, now) => {
      const distance = Date.parse(instant) - now;
      const [unit, size] = UNITS.find(([, , from]) => Math.abs(distance) >= from) ?? UNITS[4];
      return relative.format(Math.round(distance / size), unit);
    },
    list: (items) => list.format(items),
  };
};
