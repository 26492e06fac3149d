import { defineEntity, p } from '@mikro-orm/core';

export const ReconciliationEntity = defineEntity({
  name: 'Reconciliation',
  tableName: 'reconciliation',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    comparedAt: p.datetime().columnType('timestamptz(3)'),
    outcome: p.text(),
    ownerCount: p.integer(),
    /** Owners whom the host did not know; held back until an operator has confirmed them. */
    missingIds: p.array().columnType('text[]'),
    confirmedIds: p.array().columnType('text[]').nullable(),
  },
  checks: [{ name: 'reconciliation_outcome', expression: "outcome in ('done', 'held', 'host_unavailable')" }],
});
