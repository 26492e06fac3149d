import type { Instant, Tx } from '@latchkey/core';
import type { ReminderKind } from '../reminders/reminders.ts';

/** What a member is told of: what is about to break with a token, and what concerns the organization. */
export type NotificationKind = ReminderKind | 'members_missing' | 'late_use' | 'removal_report';

/** Allow-listed facts, from which each channel makes its own sentence; never a secret (SECRET-ONCE). */
export interface NotificationContent {
  readonly tokenName: string | null;
  /** What it is about: an expiry, the issue of a secret, a last use, the end of a grace period, or when it happened. */
  readonly about: Instant;
  readonly days: number | null;
  readonly count: number | null;
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  readonly lastUsedAddress: string | null;
  readonly lastUsedClient: string | null;
  /** The member that it is about, where it is about one. */
  readonly aboutMemberId?: string | null;
}

/** One thing that is told, by as many channels and to as many members as it takes. */
export interface Announcement {
  readonly organizationId: string;
  /** 40 hexadecimal digits, made of what it is about: telling it again is one effect (ONE-REMINDER). */
  readonly notificationId: string;
  readonly kind: NotificationKind;
  readonly tokenId: string | null;
  readonly content: NotificationContent;
}

/** As a member sees it. */
export interface NotificationRecord extends Announcement {
  readonly memberId: string;
  readonly createdAt: Instant;
  readonly readAt: Instant | null;
}

export interface NotificationCursor {
  readonly at: Instant;
  readonly notificationId: string;
}

/** What stands behind the console's bell: for each member what it was told, for a while. */
export interface Notifications {
  /** Those who have it already keep it as it is, read or not. @returns for how many it is new */
  add(announcement: Announcement, memberIds: readonly string[], at: Instant, tx?: Tx): Promise<number>;
  /** Of those who were told, whom no mail has reached yet. */
  listUnmailed(organizationId: string, notificationId: string): Promise<readonly string[]>;
  markMailed(organizationId: string, memberId: string, notificationId: string, at: Instant): Promise<void>;
  /** Newest first; `after` is the last one seen. */
  list(
    organizationId: string,
    memberId: string,
    page: { readonly after?: NotificationCursor; readonly limit: number },
  ): Promise<readonly NotificationRecord[]>;
  /** Counted up to `most`. */
  countUnread(organizationId: string, memberId: string, most: number): Promise<number>;
  /** Of this member alone; all of them where no ids are given. Saying it twice is one effect. */
  markRead(
    organizationId: string,
    memberId: string,
    notificationIds: readonly string[] | null,
    at: Instant,
  ): Promise<void>;
  /** Housekeeping: one slice of what was told before, or is not among the latest `kept` of its member. @returns how many */
  removeOld(organizationId: string, before: Instant, kept: number, limit: number): Promise<number>;
}
