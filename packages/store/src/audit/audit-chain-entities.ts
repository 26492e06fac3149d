import { defineEntity, p } from '@mikro-orm/core';

const time = () => p.datetime().columnType('timestamptz(3)');

/** Events that wait for their seal; the event's trigger puts them here. */
export const AuditUnsealedEntity = defineEntity({
  name: 'AuditUnsealed',
  tableName: 'audit_unsealed',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    at: time().primary(),
    eventId: p.uuid().primary(),
    // Of the top-level transaction: what may still be running can be told from it, and sequence order is not commit order.
    xid: p.string().columnType('xid8').defaultRaw('pg_current_xact_id()'),
  },
  // The sealer serves all organizations at once.
  indexes: [{ name: 'audit_unsealed_xid', properties: ['xid'] }],
});

export const AuditSealEntity = defineEntity({
  name: 'AuditSeal',
  tableName: 'audit_seal',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    number: p.bigint().primary().autoincrement(false),
    at: time(),
    eventId: p.uuid(),
    sealedAt: time(),
    personalDigest: p.blob(),
    eventDigest: p.blob(),
    link: p.blob(),
    mac: p.blob(),
    keyId: p.text(),
    // The partition, and so in the keys: what they hold apart, they hold apart within a month. The chain does the rest.
    sealedMonth: p.date().primary(),
  },
  // No event is sealed twice.
  uniques: [{ name: 'audit_seal_of_event', properties: ['organizationId', 'at', 'eventId', 'sealedMonth'] }],
  checks: [
    { name: 'audit_seal_number_from_one', expression: 'number >= 1' },
    {
      name: 'audit_seal_month',
      expression: "sealed_month = date_trunc('month', sealed_at at time zone 'UTC')::date",
    },
  ],
});

/** Where each chain has arrived, and which of its heads stand outside of the database. */
export const AuditChainEntity = defineEntity({
  name: 'AuditChain',
  tableName: 'audit_chain',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    number: p.bigint(),
    link: p.blob(),
    mac: p.blob(),
    keyId: p.text(),
    sealedAt: time(),
    anchoredNumber: p.bigint().default(0),
    anchoredAt: time().nullable(),
  },
  indexes: [{ name: 'audit_chain_to_anchor', properties: ['organizationId'], where: 'anchored_number < number' }],
});

/** What is left of a month that retention has dropped: without it the chain would seem to be cut. */
export const AuditStubEntity = defineEntity({
  name: 'AuditStub',
  tableName: 'audit_stub',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    lastNumber: p.bigint().primary().autoincrement(false),
    firstNumber: p.bigint(),
    eventCount: p.bigint(),
    lastLink: p.blob(),
    lastSealedAt: time(),
    droppedAt: time(),
    link: p.blob(),
    mac: p.blob(),
    keyId: p.text(),
  },
  checks: [{ name: 'audit_stub_numbers', expression: 'first_number >= 1 and first_number <= last_number' }],
});
