import { defineEntity, p } from '@mikro-orm/core';
import { guard } from '../database/guard.ts';

/** The installation itself: one row, with the marks that an emergency or a restore raises. */
export const InstallationEntity = defineEntity({
  name: 'Installation',
  tableName: 'installation',
  schema: 'latchkey',
  properties: {
    /** Always 1. */
    id: p.smallint().primary().autoincrement(false),
    /** Of tokens. */
    mark: p.bigint().default(0),
    /** Of the installation's own credentials: an emergency need not silence those who verify. */
    credentialMark: p.bigint().default(0),
    /** How long sealed audit events are kept, counted from the end of their month; `null`: for good. Written by `migrate` alone. */
    auditRetentionDays: p.integer().nullable(),
  },
  checks: [
    { name: 'installation_is_one_row', expression: 'id = 1' },
    {
      name: 'installation_audit_retention_range',
      expression: 'audit_retention_days >= 1 and audit_retention_days <= 36500',
    },
  ],
  // TERMINAL: marks only grow.
  triggers: [
    guard('mark_only_grows', ['new.mark < old.mark', 'new.credential_mark < old.credential_mark'], 'a mark only grows'),
  ],
});

/**
 * A random id in an UNLOGGED table (INCARNATION): a crash, a backend's crash and a promotion empty it, because
 * transaction ids that were lost are given out again. Inserted by whoever finds it empty.
 * An entity can't say UNLOGGED: the migration does.
 */
export const IncarnationEntity = defineEntity({
  name: 'Incarnation',
  tableName: 'incarnation',
  schema: 'latchkey',
  properties: {
    /** Always 1. */
    id: p.smallint().primary().autoincrement(false),
    incarnation: p.uuid(),
  },
  checks: [{ name: 'incarnation_is_one_row', expression: 'id = 1' }],
});
