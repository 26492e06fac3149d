import pg from 'pg';
import { asAdmin, inAdminTransaction } from '../database/admin.ts';
import { roleNames } from './roles.ts';

export interface GrantJobSchemaOptions {
  readonly adminUrl: string;
  /** Where the queue keeps its jobs; `bullmq` by default. Made where it isn't there. */
  readonly schema?: string;
  readonly roleSuffix?: string;
}

/**
 * Lets the worker work in the schema of its queue: every table, sequence and function that is there or will be made by
 * this same `adminUrl`. Nothing else: BullMQ's migrations begin with CREATE SCHEMA, for which the worker would need
 * CREATE on the whole database. So run them as the admin, then this.
 */
export const grantJobSchema = ({ adminUrl, schema = 'bullmq', roleSuffix }: GrantJobSchemaOptions): Promise<void> =>
  asAdmin(adminUrl, (client) =>
    inAdminTransaction(client, async () => {
      const name = pg.escapeIdentifier(schema);
      const worker = pg.escapeIdentifier(roleNames(roleSuffix).worker);
      await client.query(`create schema if not exists ${name}`);
      await client.query(`grant usage on schema ${name} to ${worker}`);
      for (const [kind, privileges] of [
        ['tables', 'select, insert, update, delete'],
        ['sequences', 'usage, select, update'],
        ['functions', 'execute'],
      ]) {
        await client.query(`grant ${privileges} on all ${kind} in schema ${name} to ${worker}`);
        await client.query(`alter default privileges in schema ${name} grant ${privileges} on ${kind} to ${worker}`);
      }
    }),
  );
