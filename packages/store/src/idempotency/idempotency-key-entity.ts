import { defineEntity, p } from '@mikro-orm/core';

export const IdempotencyKeyEntity = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_key',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    actorType: p.text().primary(),
    actorId: p.text().primary(),
    procedure: p.text().primary(),
    key: p.text().primary(),
    /** SHA-256 of the input. */
    digest: p.blob(),
    /** What a repetition is answered from. There is never a secret in it (SECRET-ONCE). */
    kept: p.json().columnType('jsonb'),
    createdAt: p.datetime().columnType('timestamptz(3)'),
  },
  // Tidied for all organizations at once.
  indexes: [{ name: 'idempotency_key_by_created_at', properties: ['createdAt'] }],
  checks: [
    { name: 'idempotency_key_actor_type', expression: "actor_type in ('member', 'token')" },
    { name: 'idempotency_key_length', expression: 'char_length(key) >= 1 and char_length(key) <= 128' },
    { name: 'idempotency_key_digest_length', expression: 'octet_length(digest) = 32' },
  ],
});
