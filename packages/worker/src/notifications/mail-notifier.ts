import type { Store } from '@latchkey/store';
import { audienceOf, type FindRecipients } from './find-recipients.ts';
import type { Notifier } from './notifier.ts';
import { type Mailbox, tellByMail } from './tell-by-mail.ts';
import { toAnnouncement } from './to-announcement.ts';

export interface MailOptions extends Mailbox {
  readonly store: Pick<Store, 'settings' | 'notifications'>;
  readonly findRecipients: FindRecipients;
}

/** Tells of a token by mail: its owner, the issuer of a service token, administrators, as the organization chose. */
export const createMailNotifier = (options: MailOptions): Notifier => ({
  deliver: async (content) => {
    const recipients = await options.findRecipients(await audienceOf(options.store, content));
    return tellByMail(options, toAnnouncement(content), recipients);
  },
});
