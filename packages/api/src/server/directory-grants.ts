import type { TableGrant } from '@latchkey/store';

const of = (table: string, privileges: TableGrant['privileges']): TableGrant => ({
  role: 'api',
  schema: 'iam',
  table,
  privileges,
});

const WRITE = { SELECT: true, INSERT: true, UPDATE: true } as const;
const ALL = { ...WRITE, DELETE: true } as const;

/**
 * What the API's role may do in the embedded directory. A membership's row stays for good: its id is never used again
 * (TERMINAL), and without DELETE nobody can see to it that it is.
 */
export const directoryGrants: readonly TableGrant[] = [
  of('organization', WRITE),
  of('permission_revision', WRITE),
  of('member', WRITE),
  of('policy', ALL),
  of('group', ALL),
  of('member_policy', ALL),
  of('member_group', ALL),
  of('group_policy', ALL),
];
