import { defineEntity, p } from '@mikro-orm/core';
import { guard } from '../database/guard.ts';

export const AuditEventEntity = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_event',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    at: p.datetime().columnType('timestamptz(3)').primary(),
    eventId: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    // The partition, and so in the key: the first day of the month in which it was sealed, before that 'infinity'. That the
    // table is partitioned is the migrations' to say: months come and go.
    sealedMonth: p.date().primary().defaultRaw("'infinity'"),
    actorType: p.text(),
    actorId: p.text(),
    action: p.text(),
    targetType: p.text(),
    targetId: p.text(),
    reason: p.text().nullable(),
    address: p.text().nullable(),
    client: p.text().nullable(),
    requestId: p.text().nullable(),
    details: p.json().columnType('jsonb'),
    // For the digest of the personal data: without it an address could be found out from its digest by trying.
    salt: p.uuid().nullable().defaultRaw('gen_random_uuid()'),
    erasedBy: p.uuid().nullable(),
  },
  triggers: [
    {
      name: 'waits_for_its_seal',
      timing: 'after',
      events: ['insert'],
      // AUDIT-WITH-CAUSE: whoever writes an event can't forget to have it chained.
      // Fired once more when it moves to the month of its seal.
      body: "if new.sealed_month = 'infinity' then insert into latchkey.audit_unsealed (organization_id, at, event_id) values (new.organization_id, new.at, new.event_id); end if; return null;",
    },
    // AUDIT-WITH-CAUSE: a sealer may move an event to its month, and nobody to one that is about to be dropped.
    guard(
      'sealed_once',
      ["new.sealed_month <> old.sealed_month and old.sealed_month <> 'infinity'"],
      'an event is sealed once',
    ),
  ],
  indexes: [
    { name: 'audit_event_by_target', properties: ['organizationId', 'targetId', 'at', 'eventId'] },
    { name: 'audit_event_by_actor', properties: ['organizationId', 'actorId', 'at', 'eventId'] },
    { name: 'audit_event_by_action', properties: ['organizationId', 'action', 'at', 'eventId'] },
  ],
  checks: [
    {
      name: 'audit_event_actor_type',
      expression: "actor_type in ('member', 'token', 'credential', 'worker', 'operator')",
    },
    {
      name: 'audit_event_target_type',
      expression: "target_type in ('token', 'member', 'policy', 'group', 'credential', 'organization')",
    },
    { name: 'audit_event_action_format', expression: "action ~ '^[a-z]+\\.[a-z_]+$'" },
    { name: 'audit_event_details_object', expression: "jsonb_typeof(details) = 'object'" },
    { name: 'audit_event_erased_with_its_salt', expression: '(salt is null) = (erased_by is not null)' },
    {
      name: 'audit_event_erased_wholly',
      expression: 'erased_by is null or coalesce(reason, address, client) is null',
    },
  ],
});
