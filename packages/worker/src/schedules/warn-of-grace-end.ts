import { forOrganizations } from './for-organizations.ts';
import { makeReminders } from './make-reminders.ts';
import type { ScheduleHandler } from './schedule-handler.ts';

/**
 * Warns that a superseded secret, which somebody still uses, is refused soon. Every minute, because a grace period may be
 * a short one: an hour's last quarter begins fifteen minutes before its end.
 */
export const warnOfGraceEnd: ScheduleHandler = (deps, now, signal) =>
  forOrganizations(deps, signal, (organizationId) =>
    makeReminders(deps, signal, { organizationId, thresholdDays: 0, now }, (tx, scan) =>
      deps.store.reminders.remindOfGraceEnd(tx, scan),
    ),
  );
