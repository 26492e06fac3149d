import { defineEntity, p } from '@mikro-orm/core';

/**
 * Who follows the change feed. UNLOGGED like the incarnation, so that both are emptied by the same event; the migration
 * says so, an entity can't.
 */
export const VerifierEntity = defineEntity({
  name: 'Verifier',
  tableName: 'verifier',
  schema: 'latchkey',
  properties: {
    verifierId: p.text().primary(),
    name: p.text(),
    incarnation: p.uuid(),
    applied: p.string().columnType('pg_snapshot'),
    polls: p.bigint().default(0),
    polledAt: p.datetime().columnType('timestamptz(3)').defaultRaw('clock_timestamp()'),
  },
});
