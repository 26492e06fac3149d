import { createHash } from 'node:crypto';
import type { Clock } from '@latchkey/core';
import type { Announcement, Store } from '@latchkey/store';
import type { Recipient } from './find-recipients.ts';
import { writeMail } from './write-mail.ts';

/** One message, ready to be sent. */
export interface OutgoingMail {
  /** Whose mail it is; no header of it. */
  readonly organizationId: string;
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Where its reader decides that no more of these come; `null` where it doesn't. */
  readonly switchOffUrl: string | null;
}

export type SendMail = (mail: OutgoingMail) => Promise<void>;

export interface Mailbox {
  readonly store: Pick<Store, 'notifications'>;
  readonly send: SendMail;
  readonly from: string;
  /** Of the console, for the link. */
  readonly publicUrl: string;
  readonly clock: Clock;
}

// Stricter than RFC 5321 allows, so that no address can end a line, begin a second one or hide a comment.
const address = /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,251}[\p{L}\p{N}])?$/u;

/**
 * One mail for each recipient, in its language. ONE-REMINDER: who was mailed is noted one by one, so that a server which
 * fails in the middle makes only the rest be tried again; what was sent and not noted comes again under the same id.
 * @returns `refused` where none of them has an address that can be written to
 */
export const tellByMail = async (
  { store, send, from, publicUrl, clock }: Mailbox,
  announcement: Announcement,
  recipients: readonly Recipient[],
): Promise<'sent' | 'refused'> => {
  const { organizationId, notificationId } = announcement;
  const reachable = recipients.filter(({ member }) => address.test(member.email));
  if (reachable.length === 0) return 'refused';
  await store.notifications.add(
    announcement,
    reachable.map(({ member }) => member.memberId),
    clock.now(),
  );
  const unmailed = new Set(await store.notifications.listUnmailed(organizationId, notificationId));
  for (const { member, as } of reachable) {
    if (!unmailed.has(member.memberId)) continue;
    await send({
      organizationId,
      messageId: messageIdOf(notificationId, member.memberId),
      from,
      to: member.email,
      ...writeMail(announcement, { locale: member.locale, as }, publicUrl),
    });
    await store.notifications.markMailed(organizationId, member.memberId, notificationId, clock.now());
  }
  return 'sent';
};

/** The same for each delivery, so that a receiver can tell a repetition from news. */
const messageIdOf = (notificationId: string, memberId: string): string =>
  `<${createHash('sha256')
    .update(JSON.stringify([notificationId, memberId]))
    .digest('hex')
    .slice(0, 40)}@latchkey>`;
