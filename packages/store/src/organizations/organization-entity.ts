import { defineEntity, p } from '@mikro-orm/core';
import { guard } from '../database/guard.ts';

export const OrganizationEntity = defineEntity({
  name: 'Organization',
  tableName: 'organization',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    name: p.text(),
    routingKey: p.text(),
    mark: p.bigint().default(0),
    maxGraceMs: p.bigint(),
    createdAt: p.datetime().columnType('timestamptz(3)'),
  },
  // The one index that begins with something else: it is the way from a token's id to its organization.
  indexes: [{ name: 'organization_routing_key', properties: ['routingKey'] }],
  checks: [
    { name: 'organization_routing_key_format', expression: "routing_key ~ '^[0-9A-Za-z]{3}$'" },
    // `000` is the installation's own credentials'.
    { name: 'organization_routing_key_is_its_own', expression: "routing_key <> '000'" },
    { name: 'organization_max_grace_ms_range', expression: 'max_grace_ms >= 0' },
  ],
  triggers: [
    guard(
      'is_itself',
      ['new.mark < old.mark', 'new.organization_id <> old.organization_id', 'new.routing_key <> old.routing_key'],
      'an organization keeps its id and routing key, and its mark only grows',
    ),
  ],
});
