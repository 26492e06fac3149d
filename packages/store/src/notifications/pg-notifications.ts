import type { Database } from '../database/database.ts';
import { msOf, timeOf } from '../database/time.ts';
import type { NotificationContent, NotificationKind, NotificationRecord, Notifications } from './notifications.ts';

interface Row {
  readonly organization_id: string;
  readonly member_id: string;
  readonly notification_id: string;
  readonly kind: NotificationKind;
  readonly token_id: string | null;
  readonly content: NotificationContent;
  readonly created_at: number;
  readonly read_at: number | null;
}

const toRecord = (row: Row): NotificationRecord => ({
  organizationId: row.organization_id,
  memberId: row.member_id,
  notificationId: row.notification_id,
  kind: row.kind,
  tokenId: row.token_id,
  content: row.content,
  createdAt: row.created_at,
  readAt: row.read_at,
});

/** A member's rows are few, because the first part keeps them so; ranking them costs no more than reading them. */
const REMOVE_OLD = `
  with many as (
    select member_id from latchkey.notification where organization_id = $1 group by member_id having count(*) > $3
  ), old as (
    select n.member_id, n.notification_id from latchkey.notification n
     where n.organization_id = $1 and n.created_at < $2::timestamptz
    union
    select r.member_id, r.notification_id from many m cross join lateral (
      select member_id, notification_id from latchkey.notification n
       where n.organization_id = $1 and n.member_id = m.member_id
       order by created_at desc, notification_id desc offset $3) r
  ), slice as (
    select n.member_id, n.notification_id from latchkey.notification n
      join old o on o.member_id = n.member_id and o.notification_id = n.notification_id
     where n.organization_id = $1 limit $4 for update of n skip locked
  )
  delete from latchkey.notification n using slice s
   where n.organization_id = $1 and n.member_id = s.member_id and n.notification_id = s.notification_id
  returning 1`;

export const createNotifications = (database: Database): Notifications => ({
  add: async ({ organizationId, notificationId, kind, tokenId, content }, memberIds, at, tx) => {
    const rows = await database.query(
      tx,
      `insert into latchkey.notification (organization_id, member_id, notification_id, kind, token_id, content, created_at)
       select $1, unnest($2::text[]), $3, $4, $5, $6::jsonb, $7 on conflict do nothing returning 1`,
      [organizationId, [...new Set(memberIds)], notificationId, kind, tokenId, JSON.stringify(content), timeOf(at)],
    );
    return rows.length;
  },

  listUnmailed: async (organizationId, notificationId) => {
    const rows = await database.query<{ member_id: string }>(
      undefined,
      `select member_id from latchkey.notification
        where organization_id = $1 and notification_id = $2 and mailed_at is null order by member_id`,
      [organizationId, notificationId],
    );
    return rows.map(({ member_id }) => member_id);
  },

  markMailed: async (organizationId, memberId, notificationId, at) => {
    await database.query(
      undefined,
      `update latchkey.notification set mailed_at = $4
        where organization_id = $1 and member_id = $2 and notification_id = $3 and mailed_at is null`,
      [organizationId, memberId, notificationId, timeOf(at)],
    );
  },

  list: async (organizationId, memberId, { after, limit }) => {
    const rows = await database.query<Row>(
      undefined,
      `select organization_id, member_id, notification_id, kind, token_id, content,
              ${msOf('created_at')} as created_at, ${msOf('read_at')} as read_at
         from latchkey.notification n
        where organization_id = $1 and member_id = $2
          ${after === undefined ? '' : 'and (created_at, notification_id) < ($4::timestamptz, $5::text)'}
        order by n.created_at desc, n.notification_id desc limit $3`,
      [organizationId, memberId, limit, ...(after === undefined ? [] : [timeOf(after.at), after.notificationId])],
    );
    return rows.map(toRecord);
  },

  countUnread: async (organizationId, memberId, most) => {
    const [row] = await database.query<{ count: number }>(
      undefined,
      `select count(*)::int as count from (
         select 1 from latchkey.notification
          where organization_id = $1 and member_id = $2 and read_at is null limit $3) n`,
      [organizationId, memberId, most],
    );
    return row?.count ?? 0;
  },

  markRead: async (organizationId, memberId, notificationIds, at) => {
    await database.query(
      undefined,
      `update latchkey.notification set read_at = $3
        where organization_id = $1 and member_id = $2 and read_at is null
          and ($4::text[] is null or notification_id = any ($4))`,
      [organizationId, memberId, timeOf(at), notificationIds],
    );
  },

  removeOld: async (organizationId, before, kept, limit) => {
    const rows = await database.query(undefined, REMOVE_OLD, [organizationId, timeOf(before), kept, limit]);
    return rows.length;
  },
});
