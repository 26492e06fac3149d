type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

/** What one role may do with one table of the directory; the shape that the store's migration takes. */
export interface DirectoryGrant {
  readonly role: 'api' | 'worker';
  readonly schema: 'iam';
  readonly table: string;
  readonly privileges: Readonly<Partial<Record<Privilege, true | readonly string[]>>>;
}

const of = (role: 'api' | 'worker', table: string, privileges: DirectoryGrant['privileges']): DirectoryGrant => ({
  role,
  schema: 'iam',
  table,
  privileges,
});

const LINK = { SELECT: true, INSERT: true, DELETE: true } as const;

/**
 * What the two programs need of schema `iam`, and no more. No DELETE on members: a membership's row is what keeps its id
 * from naming another one (TERMINAL). The worker compares members and writes to them; it changes nobody.
 */
export const directoryGrants: readonly DirectoryGrant[] = [
  of('api', 'organization', { SELECT: true, INSERT: true }),
  // SELECT … FOR SHARE asks for UPDATE too.
  of('api', 'permission_revision', { SELECT: true, INSERT: true, UPDATE: ['revision'] }),
  of('api', 'member', { SELECT: true, INSERT: true, UPDATE: ['status', 'removed_at', 'attributes', 'revision'] }),
  of('api', 'policy', {
    SELECT: true,
    INSERT: true,
    UPDATE: ['name', 'description', 'statements', 'revision'],
    DELETE: true,
  }),
  of('api', 'group', { SELECT: true, INSERT: true, UPDATE: ['name', 'description', 'revision'], DELETE: true }),
  of('api', 'member_policy', LINK),
  of('api', 'member_group', LINK),
  of('api', 'group_policy', LINK),
  ...['organization', 'member', 'policy', 'member_policy', 'member_group', 'group_policy'].map((table) =>
    of('worker', table, { SELECT: true }),
  ),
];
