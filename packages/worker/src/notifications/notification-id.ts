import { createHash } from 'node:crypto';
import type { ReminderName } from '@latchkey/store';

/** The same for whatever tells the same thing: 40 hexadecimal digits. */
export const notificationIdOf = (...about: readonly (string | number | null)[]): string =>
  createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 40);

/** One for all channels of a reminder, so that the console and a mail tell of one thing. */
export const reminderNotificationId = ({
  organizationId,
  tokenId,
  kind,
  anchor,
  thresholdDays,
}: Omit<ReminderName, 'channel'>): string =>
  notificationIdOf('reminder', organizationId, tokenId, kind, anchor, thresholdDays);
