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
 * Makes the schema of the worker's queue and lets the worker make and use tables in it, and in no other: the worker runs
 * BullMQ's migrations itself and owns what they make. Only the schema has to be there, because making it takes CREATE on
 * the whole database.
 */
export const grantJobSchema = ({ adminUrl, schema = 'bullmq', roleSuffix }: GrantJobSchemaOptions): Promise<void> =>
  asAdmin(adminUrl, (client) =>
    inAdminTransaction(client, async () => {
      const name = pg.escapeIdentifier(schema);
      const worker = pg.escapeIdentifier(roleNames(roleSuffix).worker);
      await client.query(`create schema if not exists ${name}`);
      await client.query(`grant usage, create on schema ${name} to ${worker}`);
    }),
  );
