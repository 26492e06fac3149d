import type { Host } from '@latchkey/core';
import { createTransport } from 'nodemailer';
import type { Notifier } from './notifier.ts';
import { reminderId } from './reminder-id.ts';
import { writeMail } from './write-mail.ts';

/** One message, ready to be sent. */
export interface OutgoingMail {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type SendMail = (mail: OutgoingMail) => Promise<void>;

export interface MailOptions {
  readonly host: Pick<Host, 'findMember'>;
  readonly send: SendMail;
  readonly from: string;
  /** Of the console, for the link. */
  readonly publicUrl: string;
}

// Stricter than RFC 5321 allows, so that no address can end a line, begin a second one or hide a comment.
const address = /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,251}[\p{L}\p{N}])?$/u;

/** Tells the token's member by mail, in the member's language. */
export const createMailNotifier = ({ host, send, from, publicUrl }: MailOptions): Notifier => ({
  deliver: async (content) => {
    // Issued by a token: there is nobody to write to.
    if (content.memberId === null) return 'refused';
    const member = await host.findMember(content.organizationId, content.memberId);
    if (member === null || member.status !== 'active' || !address.test(member.email)) return 'refused';
    const messageId = `<${reminderId(content)}@latchkey>`;
    await send({ messageId, from, to: member.email, ...writeMail(content, member.locale, publicUrl) });
    return 'sent';
  },
});

/** By SMTP: `smtp://user:password@host:587`, or `smtps://`. Every step has its deadline. */
export const createSmtpSender = (url: string, timeoutMs = 10_000): SendMail => {
  const transport = createTransport({
    url,
    ...{
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: 2 * timeoutMs,
      dnsTimeout: timeoutMs,
    },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  return async (mail) => {
    // An address and a group of addresses are told apart by the caller: nothing is parsed here.
    await transport.sendMail({ ...mail, to: { name: '', address: mail.to } });
  };
};
