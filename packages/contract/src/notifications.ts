import { z } from 'zod';
import { pageInput } from './page.ts';
import { instantViewSchema, tokenIdSchema } from './text.ts';

/** What a member is told of: a token of its own or of its organization, or the organization itself. */
export const notificationKinds = [
  ...(['expiry', 'rotation', 'idle', 'grace'] as const),
  ...(['members_missing', 'late_use', 'removal_report'] as const),
] as const;

export const notificationViewSchema = z.object({
  notificationId: z.string(),
  kind: z.enum(notificationKinds),
  /** The token that it is about; `null` where it is about none. */
  tokenId: tokenIdSchema.nullable(),
  tokenName: z.string().nullable(),
  /** An expiry, the issue of a secret, a last use, the end of a grace period, or when it happened: by kind. */
  about: instantViewSchema,
  days: z.number().int().nullable(),
  count: z.number().int().nullable(),
  expiresAt: instantViewSchema.nullable(),
  lastUsedAt: instantViewSchema.nullable(),
  lastUsedAddress: z.string().nullable(),
  lastUsedClient: z.string().nullable(),
  /** The member that it is about; `null` where it is about none. */
  aboutMemberId: z.string().nullable(),
  createdAt: instantViewSchema,
  read: z.boolean(),
});
export type NotificationView = z.infer<typeof notificationViewSchema>;

/** Counted up to here: a bell says no more than "many". */
export const MOST_UNREAD = 100;

/** By a member's session alone: what a token is told stands in no token's permissions. */
export const notificationsContract = {
  /** One's own, newest first, of the last 90 days and at most 200. */
  list: {
    type: 'query',
    input: z.strictObject({ ...pageInput, limit: pageInput.limit.unwrap().default(20) }).prefault({}),
    output: z.object({
      items: z.array(notificationViewSchema),
      unreadCount: z.number().int().max(MOST_UNREAD),
      nextCursor: z.string().nullable(),
    }),
  },
  /** Of one's own; all of them where no ids are given. Those of others, and ones that are not there, are passed over. */
  markRead: {
    type: 'mutation',
    input: z
      .strictObject({
        notificationIds: z
          .array(z.string().regex(/^[0-9a-f]{40}$/u))
          .max(200)
          .optional(),
      })
      .prefault({}),
    output: z.object({ unreadCount: z.number().int().max(MOST_UNREAD) }),
  },
} as const;
