import pg from 'pg';
import { roleNames } from './roles.ts';

/** Where BullMQ keeps its jobs on PostgreSQL. */
const JOB_SCHEMA = 'bullmq';

/**
 * Makes the schema of the worker's queue and lets the worker make and use tables in it, and in no other: the worker runs
 * BullMQ's migrations itself and owns what they make. Only the schema has to be there, because making it takes CREATE on
 * the whole database.
 */
export const writeJobSchema = async (client: pg.Client, suffix: string | undefined): Promise<void> => {
  const schema = pg.escapeIdentifier(JOB_SCHEMA);
  await client.query(`create schema if not exists ${schema}`);
  await client.query(`grant usage, create on schema ${schema} to ${pg.escapeIdentifier(roleNames(suffix).worker)}`);
};
