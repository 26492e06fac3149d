import { defineEntity, p } from '@mikro-orm/core';

const time = () => p.datetime().columnType('timestamptz(3)');

export const OutboxMessageEntity = defineEntity({
  name: 'OutboxMessage',
  tableName: 'outbox_message',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    messageId: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    name: p.text(),
    payload: p.json().columnType('jsonb'),
    createdAt: time().defaultRaw('clock_timestamp()'),
    attempts: p.integer().default(0),
    nextAttemptAt: time().defaultRaw('now()'),
    relayedAt: time().nullable(),
    /** Given up: visible, and kept until somebody revives or removes it. */
    deadAt: time().nullable(),
  },
  indexes: [
    // The relay serves all organizations: what is due is found by time.
    { name: 'outbox_message_due', properties: ['nextAttemptAt'], where: 'relayed_at is null and dead_at is null' },
    { name: 'outbox_message_relayed', properties: ['relayedAt'], where: 'relayed_at is not null' },
    { name: 'outbox_message_dead', properties: ['deadAt'], where: 'dead_at is not null' },
  ],
  checks: [
    { name: 'outbox_message_one_end', expression: 'relayed_at is null or dead_at is null' },
    { name: 'outbox_message_attempts_range', expression: 'attempts >= 0' },
  ],
});
