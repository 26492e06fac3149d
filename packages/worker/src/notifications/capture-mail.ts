import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { SendMail } from './tell-by-mail.ts';

/** Without SMTP: each message becomes a file that a mail program opens, readable by nobody else. */
export const createMailCapture = (folder: string): SendMail => {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return async (mail) => {
    const { message } = await transport.sendMail({ ...mail, to: { name: '', address: mail.to } });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // The same message again takes the place of the first.
    const name = `${mail.messageId.replaceAll(/[^0-9a-z]/g, '').slice(0, 40)}.eml`;
    const unfinished = join(folder, `.${name}.${process.pid}`);
    await writeFile(unfinished, message as Buffer, { mode: 0o600 });
    await rename(unfinished, join(folder, name));
  };
};
