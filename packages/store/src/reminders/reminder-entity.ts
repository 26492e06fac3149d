import { defineEntity, p } from '@mikro-orm/core';

const time = () => p.datetime().columnType('timestamptz(3)');

export const ReminderEntity = defineEntity({
  name: 'Reminder',
  tableName: 'reminder',
  schema: 'latchkey',
  properties: {
    // ONE-REMINDER: the key says it.
    organizationId: p.text().primary(),
    tokenId: p.text().primary(),
    kind: p.text().primary(),
    anchor: time().primary(),
    thresholdDays: p.integer().primary().autoincrement(false),
    channel: p.text().primary(),
    createdAt: time(),
    claimedAt: time().nullable(),
    settledAt: time().nullable(),
    settledAs: p.text().nullable(),
  },
  indexes: [
    { name: 'reminder_by_created_at', properties: ['organizationId', 'createdAt'] },
    { name: 'reminder_unsettled', properties: ['organizationId', 'createdAt'], where: 'settled_at is null' },
  ],
  checks: [
    { name: 'reminder_kind', expression: "kind in ('expiry', 'rotation', 'idle', 'grace')" },
    { name: 'reminder_channel', expression: "channel in ('console', 'mail', 'webhook', 'endpoint')" },
    { name: 'reminder_settled_as', expression: "settled_as in ('sent', 'pointless', 'refused')" },
    { name: 'reminder_settled_once', expression: '(settled_at is null) = (settled_as is null)' },
  ],
});
