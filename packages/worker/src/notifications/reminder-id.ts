import { createHash } from 'node:crypto';
import type { ReminderName } from '@latchkey/store';

/** The same for each delivery of one reminder, so that a receiver can tell a repetition from news. */
export const reminderId = ({ organizationId, tokenId, kind, anchor, thresholdDays, channel }: ReminderName): string =>
  createHash('sha256')
    .update(JSON.stringify([organizationId, tokenId, kind, anchor, thresholdDays, channel]))
    .digest('hex')
    .slice(0, 40);
