import { createTransport } from 'nodemailer';
import { mailHeaders } from './mail-headers.ts';
import type { SendMail } from './tell-by-mail.ts';

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
  return async ({ messageId, from, to, subject, text, html, switchOffUrl }) => {
    // An address and a group of addresses are told apart by the caller: nothing is parsed here.
    await transport.sendMail({
      ...{ messageId, from, subject, text, html },
      to: { name: '', address: to },
      headers: mailHeaders({ switchOffUrl }),
    });
  };
};
