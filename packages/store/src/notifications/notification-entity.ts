import { defineEntity, p } from '@mikro-orm/core';

const time = () => p.datetime().columnType('timestamptz(3)');

export const NotificationEntity = defineEntity({
  name: 'Notification',
  tableName: 'notification',
  schema: 'latchkey',
  properties: {
    // Made of what it is about, so that whoever tells it again finds it told.
    organizationId: p.text().primary(),
    memberId: p.text().primary(),
    notificationId: p.text().primary(),
    kind: p.text(),
    tokenId: p.text().nullable(),
    content: p.json().columnType('jsonb'),
    createdAt: time(),
    readAt: time().nullable(),
    mailedAt: time().nullable(),
  },
  indexes: [
    { name: 'notification_of_member', properties: ['organizationId', 'memberId', 'createdAt', 'notificationId'] },
    { name: 'notification_unread', properties: ['organizationId', 'memberId'], where: 'read_at is null' },
    { name: 'notification_by_created_at', properties: ['organizationId', 'createdAt'] },
  ],
  checks: [
    { name: 'notification_kind_format', expression: "kind ~ '^[a-z]+(_[a-z]+)*$'" },
    { name: 'notification_content_object', expression: "jsonb_typeof(content) = 'object'" },
  ],
});
