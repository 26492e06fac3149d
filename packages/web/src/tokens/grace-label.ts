import type { Messages } from '../language/messages.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A length of time in the largest unit that says it without a rest; a day is said as 24 hours. */
export const graceLabel = (m: Messages, ms: number): string => {
  if (ms > DAY_MS && ms % DAY_MS === 0) return m.rotate.graceDays(ms / DAY_MS);
  if (ms >= HOUR_MS && ms % HOUR_MS === 0) return m.rotate.graceHours(ms / HOUR_MS);
  return m.secrets.minutes(Math.round(ms / MINUTE_MS));
};
