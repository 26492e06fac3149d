import type { Instant } from '@latchkey/core';
import type { JobOutcome } from '../jobs/job-handler.ts';
import { deactivateIdle } from './deactivate-idle.ts';
import { endGracePeriods } from './end-grace-periods.ts';
import { expireTokens } from './expire-tokens.ts';
import { keepPartitions } from './keep-partitions.ts';
import { pruneChanges } from './prune-changes.ts';
import { purgeTombstones } from './purge-tombstones.ts';
import { reconcileMembers } from './reconcile-members.ts';
import { remind } from './remind.ts';
import type { ScheduleDeps, ScheduleHandler } from './schedule-handler.ts';
import { tidyIdempotencyKeys } from './tidy-idempotency-keys.ts';
import { tidyNotifications } from './tidy-notifications.ts';
import { tidyOutbox } from './tidy-outbox.ts';
import { tidySessions } from './tidy-sessions.ts';
import { tidyUsage } from './tidy-usage.ts';
import { warnOfGraceEnd } from './warn-of-grace-end.ts';

/** Minute, hour, day of the month, month, day of the week: UTC, so that no change of summer time skips or doubles one. */
const schedules = {
  'prune-changes': { pattern: '* * * * *', handler: pruneChanges },
  'end-grace-periods': { pattern: '* * * * *', handler: endGracePeriods },
  'expire-tokens': { pattern: '* * * * *', handler: expireTokens },
  'warn-of-grace-end': { pattern: '* * * * *', handler: warnOfGraceEnd },
  remind: { pattern: '*/10 * * * *', handler: remind },
  'deactivate-idle': { pattern: '27 * * * *', handler: deactivateIdle },
  'tidy-outbox': { pattern: '7 * * * *', handler: tidyOutbox },
  'tidy-idempotency-keys': { pattern: '17 * * * *', handler: tidyIdempotencyKeys },
  'tidy-sessions': { pattern: '37 * * * *', handler: tidySessions },
  'reconcile-members': { pattern: '13 * * * *', handler: reconcileMembers },
  'tidy-notifications': { pattern: '57 * * * *', handler: tidyNotifications },
  'keep-partitions': { pattern: '51 * * * *', handler: keepPartitions },
  'tidy-usage': { pattern: '52 4 * * *', handler: tidyUsage },
  'purge-tombstones': { pattern: '47 3 * * *', handler: purgeTombstones },
} as const satisfies Readonly<Record<string, { readonly pattern: string; readonly handler: ScheduleHandler }>>;

export type ScheduleName = keyof typeof schedules;

export const scheduleNames = Object.keys(schedules) as readonly ScheduleName[];

export const patternOf = (name: ScheduleName): string => schedules[name].pattern;

/** One tick. A schedule that nobody knows here is another release's, whose workers run it. */
export const runSchedule = async (
  deps: ScheduleDeps,
  name: string,
  now: Instant,
  signal: AbortSignal,
): Promise<JobOutcome> => {
  if (!Object.hasOwn(schedules, name)) return { outcome: 'refused', because: `no schedule is named ${name}` };
  return schedules[name as ScheduleName].handler(deps, now, signal);
};
