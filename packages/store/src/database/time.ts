import type { Instant } from '@latchkey/core';

/**
 * A column's time as epoch milliseconds: a double holds them exactly, where int8 would arrive as text. `date_part`
 * computes in doubles; `extract` would do the same sum in numerics, at more than twice the cost.
 */
export const msOf = (column: string): string => `round(date_part('epoch', ${column}) * 1000)`;

/** The database's clock, read when the statement runs and not when its transaction began. */
export const NOW_MS = `floor(date_part('epoch', clock_timestamp()) * 1000)`;

/** A bound value for a `timestamptz(3)` column. */
export const timeOf = (instant: Instant): Date => new Date(instant);

export const timeOrNull = (instant: Instant | null): Date | null => (instant === null ? null : timeOf(instant));
