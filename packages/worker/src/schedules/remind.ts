import type { Tx } from '@latchkey/core';
import type { ReminderCursor, ReminderPage, ReminderScan } from '@latchkey/store';
import { forOrganizations } from './for-organizations.ts';
import { idleMs, idleWarningMs } from './idle-warning.ts';
import type { ScheduleDeps, ScheduleHandler } from './schedule-handler.ts';

const pageSize = 1_000;

/** What one scan looks for, page by page. */
type Look = (tx: Tx, scan: ReminderScan) => Promise<ReminderPage>;

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
      let after: ReminderCursor | null = null;
      do {
        if (signal.aborted) return { outcome: 'interrupted', effectCount };
        const page: ReminderPage = await remindOfPage(deps, look, {
          ...{ organizationId, thresholdDays, channels: ['console', ...deps.channels] },
          ...{ after, limit: pageSize, now },
        });
        effectCount += page.made.length;
        after = page.next;
      } while (after !== null);
    }
    return { outcome: 'done', effectCount };
  });

const remindOfPage = ({ store }: ScheduleDeps, look: Look, scan: ReminderScan): Promise<ReminderPage> =>
  store.unitOfWork.run(async (tx) => {
    const page = await look(tx, scan);
    const deliveries = page.made.flatMap(({ channel, ...name }) =>
      // The console's reminder is its row.
      channel === 'console' ? [] : [{ organizationId: name.organizationId, payload: { ...name, channel } }],
    );
    await store.outbox.addAll(tx, 'deliver-reminder', deliveries);
    return page;
  });
