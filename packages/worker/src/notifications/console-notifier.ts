import type { Clock } from '@latchkey/core';
import type { Store } from '@latchkey/store';
import { audienceOf, type FindRecipients } from './find-recipients.ts';
import type { Notifier } from './notifier.ts';
import { toAnnouncement } from './to-announcement.ts';

export interface ConsoleOptions {
  readonly store: Pick<Store, 'settings' | 'notifications'>;
  readonly findRecipients: FindRecipients;
  readonly clock: Clock;
}

/** Tells members in the console: a row for each, behind its bell. */
export const createConsoleNotifier = ({ store, findRecipients, clock }: ConsoleOptions): Notifier => ({
  deliver: async (content) => {
    const recipients = await findRecipients(await audienceOf(store, content));
    if (recipients.length === 0) return 'refused';
    const memberIds = recipients.map(({ member }) => member.memberId);
    await store.notifications.add(toAnnouncement(content), memberIds, clock.now());
    return 'sent';
  },
});
