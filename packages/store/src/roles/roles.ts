import pg from 'pg';
import { sqlStateOf } from '../database/failure.ts';
import type { FunctionGrant, RoleName, TableGrant } from './grants.ts';
import { scramVerifier } from './scram.ts';

export interface RoleOptions {
  /** Put behind the names, such as `_test1`: roles belong to the whole server, tests to one database. */
  readonly suffix: string | undefined;
  /** Without one the role keeps what it has; a new one can't sign in by password. */
  readonly passwords: Readonly<Record<RoleName, string | undefined>>;
}

export const roleNames = (suffix = ''): Readonly<Record<RoleName, string>> => ({
  api: `latchkey_api${suffix}`,
  worker: `latchkey_worker${suffix}`,
});

const name = pg.escapeIdentifier;

/** Creates the two roles or brings them back to what they should be. Inside the caller's transaction. */
export const writeRoles = async (client: pg.Client, { suffix, passwords }: RoleOptions): Promise<void> => {
  const names = roleNames(suffix);
  for (const role of Object.keys(names) as RoleName[]) {
    await writeRole(client, names[role], passwords[role]);
    await refusePower(client, names[role]);
  }
};

/**
 * Roles are the server's, and our lock is one database's: two databases that migrate at once meet here. Who comes
 * second finds the role there (42710, 23505) or changed under its hands (XX000), and has only to look again.
 */
const writeRole = async (client: pg.Client, role: string, password: string | undefined): Promise<void> => {
  const secret = password === undefined ? '' : ` password ${pg.escapeLiteral(scramVerifier(password))}`;
  for (let attempt = 1; ; attempt += 1) {
    await client.query('savepoint role');
    const exists = await client.query('select 1 from pg_roles where rolname = $1', [role]);
    const verb = exists.rowCount === 0 ? 'create' : 'alter';
    try {
      await client.query(`${verb} role ${name(role)} with login nocreatedb nocreaterole${secret}`);
      return;
    } catch (error) {
      if (attempt === 5 || !['42710', '23505', 'XX000'].includes(sqlStateOf(error))) throw error;
      await client.query('rollback to savepoint role');
    }
  }
};

/** A role that somebody has made a superuser isn't silently accepted: only a superuser could take that away again. */
const refusePower = async (client: pg.Client, role: string): Promise<void> => {
  const { rows } = await client.query<{ powerful: boolean }>(
    'select rolsuper or rolbypassrls or rolreplication as powerful from pg_roles where rolname = $1',
    [role],
  );
  if (rows[0]?.powerful !== false) {
    throw new Error(
      `the role ${role} has more power than it needs: alter role … nosuperuser nobypassrls noreplication`,
    );
  }
};

/** Takes back what was given in these schemas, then gives what is listed: a grant that was dropped from the list ends. */
export const writeGrants = async (
  client: pg.Client,
  grants: readonly TableGrant[],
  functionGrants: readonly FunctionGrant[],
  suffix: string | undefined,
): Promise<void> => {
  const names = roleNames(suffix);
  for (const schema of new Set(grants.map((grant) => grant.schema))) {
    for (const role of Object.values(names)) {
      await client.query(`revoke all on all tables in schema ${name(schema)} from ${name(role)}`);
      await client.query(`revoke all on all functions in schema ${name(schema)} from ${name(role)}`);
      await client.query(`revoke all on schema ${name(schema)} from ${name(role)}`);
    }
  }
  for (const { role, schema, table, privileges } of grants) {
    const to = name(names[role]);
    await client.query(`grant usage on schema ${name(schema)} to ${to}`);
    for (const [privilege, columns] of Object.entries(privileges)) {
      const on = `${name(schema)}.${name(table)}`;
      const narrowed = columns === true ? '' : ` (${columns.map(name).join(', ')})`;
      await client.query(`grant ${privilege}${narrowed} on ${on} to ${to}`);
    }
  }
  for (const { role, schema, signature } of functionGrants) {
    await client.query(`grant execute on function ${name(schema)}.${signature} to ${name(names[role])}`);
  }
};
