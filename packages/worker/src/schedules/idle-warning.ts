const dayMs = 24 * 60 * 60 * 1_000;

/** How long before the deactivation somebody is warned: a week, or half of a shorter time. */
export const idleWarningMs = (idleDays: number): number => Math.min(7 * dayMs, (idleDays * dayMs) / 2);

export const idleMs = (idleDays: number): number => idleDays * dayMs;
