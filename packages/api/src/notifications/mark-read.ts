import { MOST_UNREAD, type Output, type ParsedInput } from '@latchkey/contract';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { requireMember } from './require-member.ts';

/** Notes that a member has read what it was told. No audit event: it changes nothing that anybody else could see. */
export const markRead = async (
  deps: ApiDeps,
  by: Caller,
  { notificationIds }: ParsedInput<'notifications', 'markRead'>,
): Promise<Output<'notifications', 'markRead'>> => {
  const { organizationId, memberId } = requireMember(by);
  const { notifications } = deps.store;
  await notifications.markRead(organizationId, memberId, notificationIds ?? null, deps.clock.now());
  return { unreadCount: await notifications.countUnread(organizationId, memberId, MOST_UNREAD) };
};
