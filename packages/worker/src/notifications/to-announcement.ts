import type { Announcement, JobContract, ReminderContent } from '@latchkey/store';
import { reminderNotificationId } from './notification-id.ts';

/** What a reminder tells members, whatever the channel. */
export const toAnnouncement = (reminder: ReminderContent): Announcement => ({
  organizationId: reminder.organizationId,
  notificationId: reminderNotificationId(reminder),
  kind: reminder.kind,
  tokenId: reminder.tokenId,
  content: {
    tokenName: reminder.name,
    about: reminder.anchor,
    days: reminder.thresholdDays,
    count: null,
    expiresAt: reminder.expiresAt,
    lastUsedAt: reminder.lastUsedAt,
    lastUsedAddress: reminder.lastUsedAddress,
    lastUsedClient: reminder.lastUsedClient,
  },
});

/** The same of what concerns more than one token, or none. */
export const announcementOf = (payload: JobContract['notify']): Announcement => ({
  organizationId: payload.organizationId,
  notificationId: payload.notificationId,
  kind: payload.kind,
  tokenId: payload.tokenId,
  content: {
    tokenName: payload.tokenName,
    about: payload.about,
    days: null,
    count: payload.count,
    expiresAt: null,
    lastUsedAt: payload.address === null && payload.client === null ? null : payload.about,
    lastUsedAddress: payload.address,
    lastUsedClient: payload.client,
    aboutMemberId: payload.aboutMemberId ?? null,
  },
});
