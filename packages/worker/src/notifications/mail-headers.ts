import type { OutgoingMail } from './tell-by-mail.ts';

/**
 * What is sent by a program is answered by none (RFC 3834, section 5). List-Unsubscribe (RFC 2369, section 3.2) stands where its
 * reader can switch such mail off, and nowhere else: an owner is told of what breaks for as long as the token is its own.
 */
export const mailHeaders = ({
  switchOffUrl,
}: Pick<OutgoingMail, 'switchOffUrl'>): Readonly<Record<string, string>> => ({
  'Auto-Submitted': 'auto-generated',
  ...(switchOffUrl === null ? {} : { 'List-Unsubscribe': `<${switchOffUrl}>` }),
});
