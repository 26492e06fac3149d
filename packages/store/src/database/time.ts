import type { Instant } from '@latchkey/core';

/** A column's time as epoch milliseconds: a double holds them exactly, where int8 would arrive as text. */
export const msOf = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** The database's clock, read when the statement runs and not when its transaction began. */
export const NOW_MS = `floor(${msOf('clock_timestamp()')})`;

/** A bound value for a `timestamptz(3)` column. */
export const timeOf = (instant: Instant): Date => new Date(instant);

export const timeOrNull = (instant: Instant | null): Date | null => (instant === null ? null : timeOf(instant));
