import { defineEntity, p } from '@mikro-orm/core';

export const ChangeEntity = defineEntity({
  name: 'Change',
  tableName: 'change',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    changeId: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    // Of the top-level transaction: sequence order is not commit order, and nothing may remember a highest number.
    xid: p.string().columnType('xid8').defaultRaw('pg_current_xact_id()'),
    subject: p.text(),
    subjectId: p.text().nullable(),
    createdAt: p.datetime().columnType('timestamptz(3)').defaultRaw('clock_timestamp()'),
  },
  // A verifier polls for all organizations at once.
  indexes: [{ name: 'change_xid', properties: ['xid'] }],
  checks: [
    {
      name: 'change_subject',
      expression: "subject in ('token', 'owner', 'organization', 'permissions', 'installation', 'credential')",
    },
    {
      name: 'change_of_installation',
      expression: "(subject in ('installation', 'credential')) = (organization_id = '')",
    },
    {
      name: 'change_subject_id',
      expression: "(subject in ('token', 'owner', 'credential')) = (subject_id is not null)",
    },
  ],
});
