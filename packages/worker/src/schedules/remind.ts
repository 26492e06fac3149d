import type { Tx } from '@latchkey/core';
import type { ReminderScan } from '@latchkey/store';
import { forOrganizations } from './for-organizations.ts';
import { idleMs, idleWarningMs } from './idle-warning.ts';
import { type Look, makeReminders } from './make-reminders.ts';
import type { ScheduleHandler } from './schedule-handler.ts';

/**
 * Makes the reminders that are due, and with each the work of delivering it. ONE-REMINDER: the key of a reminder makes it
 * the only one; a tick that comes after an outage finds the nearest threshold alone.
 */
export const remind: ScheduleHandler = (deps, now, signal) =>
  forOrganizations(deps, signal, async (organizationId, { reminderDays, rotationAgeDays, idleDays }) => {
    const { reminders } = deps.store;
    const thresholds = [...new Set(reminderDays)].sort((a, b) => a - b);
    const looks: readonly { readonly thresholdDays: number; readonly look: Look }[] = [
      ...thresholds.map((thresholdDays, place) => ({
        thresholdDays,
        look: (tx: Tx, scan: ReminderScan) =>
          reminders.remindOfExpiry(tx, { ...scan, nearerDays: thresholds[place - 1] ?? 0 }),
      })),
      ...(rotationAgeDays === null
        ? []
        : [{ thresholdDays: rotationAgeDays, look: reminders.remindOfRotation.bind(reminders) }]),
      ...(idleDays === null
        ? []
        : [true, false].map((everUsed) => ({
            thresholdDays: idleDays,
            look: (tx: Tx, scan: ReminderScan) => {
              const idleSince = now - idleMs(idleDays) + idleWarningMs(idleDays);
              return reminders.remindOfIdleness(tx, { ...scan, idleSince, everUsed });
            },
          }))),
    ];
    let effectCount = 0;
    for (const { thresholdDays, look } of looks) {
      const result = await makeReminders(deps, signal, { organizationId, thresholdDays, now }, look);
      effectCount += result.effectCount;
      if (result.outcome === 'interrupted') return { outcome: 'interrupted', effectCount };
    }
    return { outcome: 'done', effectCount };
  });
