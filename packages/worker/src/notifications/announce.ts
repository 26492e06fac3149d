import type { Clock } from '@latchkey/core';
import type { Store } from '@latchkey/store';
import type { FindRecipients } from './find-recipients.ts';
import type { Announce } from './notifier.ts';
import { type Mailbox, tellByMail } from './tell-by-mail.ts';
import { announcementOf } from './to-announcement.ts';

export interface AnnounceOptions {
  readonly store: Pick<Store, 'notifications'>;
  readonly findRecipients: FindRecipients;
  readonly clock: Clock;
  /** `null`: in the console alone. */
  readonly mailbox: Mailbox | null;
}

/** The console first: a mail server that fails must not keep from the console what is known. */
export const createAnnounce =
  ({ store, findRecipients, clock, mailbox }: AnnounceOptions): Announce =>
  async (payload) => {
    const recipients = await findRecipients(payload);
    const announcement = announcementOf(payload);
    const memberIds = recipients.map(({ member }) => member.memberId);
    const newCount = await store.notifications.add(announcement, memberIds, clock.now());
    if (mailbox !== null) await tellByMail(mailbox, announcement, recipients);
    return newCount;
  };
