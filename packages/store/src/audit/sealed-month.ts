import type { Instant } from '@latchkey/core';

/** The partition of what was sealed then: the first day of the month, in UTC, as PostgreSQL reads a date. */
export const monthOf = (sealedAt: Instant): string => `${new Date(sealedAt).toISOString().slice(0, 7)}-01`;
