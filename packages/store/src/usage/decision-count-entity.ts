import { defineEntity, p } from '@mikro-orm/core';

export const DecisionCountEntity = defineEntity({
  name: 'DecisionCount',
  tableName: 'decision_count',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    tokenId: p.text().primary(),
    /** UTC. */
    day: p.date().primary(),
    action: p.text().primary(),
    resource: p.text().primary(),
    /** Whether `resource` is a pattern of resources that are counted together. */
    folded: p.boolean().primary(),
    allowedCount: p.bigint(),
    deniedCount: p.bigint(),
  },
  indexes: [{ name: 'decision_count_by_day', properties: ['day'] }],
  checks: [
    {
      name: 'decision_count_length',
      expression: 'char_length(action) <= 256 and char_length(resource) <= 256',
    },
    { name: 'decision_count_grows', expression: 'allowed_count >= 0 and denied_count >= 0' },
  ],
});
