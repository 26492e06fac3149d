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
    /** Handed over to the queue, for the first time. */
    relayedAt: time().nullable(),
    /** Given up: visible, and kept until somebody revives or removes it. */
    deadAt: time().nullable(),
    /** Its work is done. Until then it is handed over again from time to time: a Redis may forget what it was given. */
    doneAt: time().nullable(),
    /** How often it was taken up again after it had been given up. */
    revival: p.integer().default(0),
    /** A sentence of ours, never what the payload holds (SECRET-ONCE). */
    deadBecause: p.text().nullable(),
    /** W3C Trace Context, level 1, section 3.2: of the transaction that wrote it. */
    traceparent: p.text().nullable(),
  },
  indexes: [
    // The relay serves all organizations: what is due is found by time.
    { name: 'outbox_message_due', properties: ['nextAttemptAt'], where: 'done_at is null and dead_at is null' },
    { name: 'outbox_message_done', properties: ['doneAt'], where: 'done_at is not null' },
    { name: 'outbox_message_dead', properties: ['deadAt'], where: 'dead_at is not null' },
  ],
  checks: [
    { name: 'outbox_message_one_end', expression: 'done_at is null or dead_at is null' },
    { name: 'outbox_message_attempts_range', expression: 'attempts >= 0' },
    {
      name: 'outbox_message_traceparent_format',
      expression: "traceparent ~ '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'",
    },
  ],
});
