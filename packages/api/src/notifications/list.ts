import {
  MOST_UNREAD,
  type NotificationView,
  notificationKinds,
  type Output,
  type ParsedInput,
} from '@latchkey/contract';
import type { NotificationRecord } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readCursor } from '../pages/cursor.ts';
import { nextCursor, rowsFor } from '../pages/page.ts';
import { iso } from '../tokens/token-view.ts';
import { requireMember } from './require-member.ts';

/** Where the next page begins: after this one, newest first. */
interface Position {
  readonly at: number;
  readonly notificationId: string;
}

/** What the member was told, newest first, and how much of it is unread. */
export const listNotifications = async (
  deps: ApiDeps,
  by: Caller,
  { cursor, limit }: ParsedInput<'notifications', 'list'>,
): Promise<Output<'notifications', 'list'>> => {
  const { organizationId, memberId } = requireMember(by);
  const scope = { list: 'notifications', organizationId, query: { memberId } };
  // Signed by us for exactly this list, so it is what was written below.
  const after = readCursor(deps, scope, cursor) as Position | undefined;
  const [rows, unreadCount] = await Promise.all([
    deps.store.notifications.list(organizationId, memberId, {
      ...(after === undefined ? {} : { after }),
      limit: rowsFor(limit),
    }),
    deps.store.notifications.countUnread(organizationId, memberId, MOST_UNREAD),
  ]);
  return {
    // A later release's worker may tell of something that this one has no words for.
    items: rows.slice(0, limit).filter(isKnown).map(toNotificationView),
    unreadCount,
    nextCursor: nextCursor(
      deps,
      scope,
      rows,
      limit,
      ({ createdAt, notificationId }): Position => ({ at: createdAt, notificationId }),
    ),
  };
};

const isKnown = ({ kind }: NotificationRecord): boolean => notificationKinds.some((each) => each === kind);

const isoOrNull = (instant: number | null): string | null => (instant === null ? null : iso(instant));

const toNotificationView = ({ content, ...row }: NotificationRecord): NotificationView => ({
  notificationId: row.notificationId,
  kind: row.kind,
  tokenId: row.tokenId,
  tokenName: content.tokenName,
  about: iso(content.about),
  days: content.days,
  count: content.count,
  expiresAt: isoOrNull(content.expiresAt),
  lastUsedAt: isoOrNull(content.lastUsedAt),
  lastUsedAddress: content.lastUsedAddress,
  lastUsedClient: content.lastUsedClient,
  aboutMemberId: content.aboutMemberId ?? null,
  createdAt: iso(row.createdAt),
  read: row.readAt !== null,
});
