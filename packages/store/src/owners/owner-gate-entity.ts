import { defineEntity, p } from '@mikro-orm/core';
import { guard } from '../database/guard.ts';

export const OwnerGateEntity = defineEntity({
  name: 'OwnerGate',
  tableName: 'owner_gate',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    memberId: p.text().primary(),
    closedAt: p.datetime().columnType('timestamptz(3)').nullable(),
    mark: p.bigint().default(0),
  },
  triggers: [
    guard(
      'only_grows',
      [
        'new.mark < old.mark',
        'old.closed_at is not null and new.closed_at is null and new.mark = old.mark',
        'new.organization_id <> old.organization_id',
        'new.member_id <> old.member_id',
      ],
      'a gate belongs to one membership, its mark only grows, and it opens again under a greater one only',
    ),
  ],
});
