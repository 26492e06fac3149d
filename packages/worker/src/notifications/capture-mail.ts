import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { mailHeaders } from './mail-headers.ts';
import type { SendMail } from './tell-by-mail.ts';

/**
 * Without SMTP: each message becomes a file that a mail program opens, and one beside it from which the console shows it,
 * readable by nobody else. The same message again takes the place of the first.
 */
export const createMailCapture = (folder: string, now: () => number = Date.now): SendMail => {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  const put = async (name: string, content: string | Buffer) => {
    const unfinished = join(folder, `.${name}.${process.pid}`);
    await writeFile(unfinished, content, { mode: 0o600 });
    await rename(unfinished, join(folder, name));
  };
  return async (mail) => {
    const { organizationId, to, subject, text } = mail;
    const { message } = await transport.sendMail({
      ...{ messageId: mail.messageId, from: mail.from, subject, text, html: mail.html },
      to: { name: '', address: to },
      headers: mailHeaders(mail),
    });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = mail.messageId.replaceAll(/[^0-9a-z]/g, '').slice(0, 40);
    await put(`${name}.eml`, message as Buffer);
    await put(`${name}.json`, JSON.stringify({ organizationId, at: new Date(now()).toISOString(), to, subject, text }));
  };
};
