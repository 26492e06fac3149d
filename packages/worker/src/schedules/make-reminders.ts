import type { Tx } from '@latchkey/core';
import type { ReminderCursor, ReminderPage, ReminderScan } from '@latchkey/store';
import type { ScheduleDeps, SlicedOutcome } from './schedule-handler.ts';

const pageSize = 1_000;

/** What one scan looks for, page by page. */
export type Look = (tx: Tx, scan: ReminderScan) => Promise<ReminderPage>;

/** Page by page: the reminders that are due, and with each, in one transaction, the work of delivering it. */
export const makeReminders = async (
  { store, channels }: ScheduleDeps,
  signal: AbortSignal,
  about: Pick<ReminderScan, 'organizationId' | 'thresholdDays' | 'now'>,
  look: Look,
): Promise<SlicedOutcome> => {
  let effectCount = 0;
  let after: ReminderCursor | null = null;
  do {
    if (signal.aborted) return { outcome: 'interrupted', effectCount };
    const scan: ReminderScan = { ...about, channels: ['console', ...channels], after, limit: pageSize };
    const page: ReminderPage = await store.unitOfWork.run(async (tx) => {
      const found = await look(tx, scan);
      await store.outbox.addAll(
        tx,
        'deliver-reminder',
        found.made.map((name) => ({ organizationId: name.organizationId, payload: name })),
      );
      return found;
    });
    effectCount += page.made.length;
    after = page.next;
  } while (after !== null);
  return { outcome: 'done', effectCount };
};
