import type { JobHandler } from './job-handler.ts';

/** How long a delivery may be in one worker's hands: longer than any notifier tries. */
const claimMs = 5 * 60_000;

/**
 * Delivers a reminder by its channel. ONE-REMINDER: it is taken before it is sent, and settled after; a worker that dies
 * between the two leaves one that is sent again under the same message id, by which a receiver tells the repetition. One
 * whose token has since been rotated, revoked, extended or used is not sent at all.
 */
export const deliverReminder: JobHandler<'deliver-reminder'> = async ({ store, clock, notifiers }, name) => {
  const claimed = await store.reminders.claim(name, clock.now(), claimMs);
  if (claimed === null) return { outcome: 'done', effectCount: 0 };
  if (claimed === 'busy') throw new Error('another worker has this reminder in hand');
  const notifier = notifiers[name.channel];
  const outcome =
    notifier === undefined
      ? // It was configured when the reminder was made, and is not any more.
        'refused'
      : await notifier.deliver(claimed).catch(async (error) => {
          await store.reminders.release(name);
          throw error;
        });
  await store.reminders.settle(name, outcome, clock.now());
  return { outcome: 'done', effectCount: outcome === 'sent' ? 1 : 0 };
};
