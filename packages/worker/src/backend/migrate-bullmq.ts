import {
  assertSchemaCompatibility,
  DEFAULT_SCHEMA,
  LATEST_SCHEMA_VERSION,
  type PgQueryable,
  runMigrations,
  SchemaMigrationRequiredError,
} from 'bullmq';

/** The schema that BullMQ's tables live in. Latchkey's own migrations create it and grant it to the worker's role. */
export const bullmqSchema = DEFAULT_SCHEMA;

/**
 * Brings BullMQ's tables up to the version of the installed package; says which version that is. One transaction, one
 * advisory lock: several workers may start at once.
 *
 * @param client one session, not a pool.
 */
export const migrateBullmq = async (client: PgQueryable): Promise<number> => {
  // BullMQ's own look at its tables begins with ALTER TABLE. A read tells as much, locks nothing, and is enough where an
  // administrator has made the tables.
  const version = await assertSchemaCompatibility(client, bullmqSchema).catch((error) => {
    if (error instanceof SchemaMigrationRequiredError) return 0;
    throw error;
  });
  if (version >= LATEST_SCHEMA_VERSION) return version;

  const { rows } = await client.query<{ present: boolean }>('SELECT to_regnamespace($1) IS NOT NULL AS present', [
    bullmqSchema,
  ]);
  const schemaExists = rows[0]?.present === true;
  // CREATE SCHEMA IF NOT EXISTS asks for CREATE on the whole database even where there is nothing to create; the
  // worker's role has no such right and shall get none.
  const session: PgQueryable = {
    query: async (text, params) =>
      schemaExists && text.startsWith('CREATE SCHEMA IF NOT EXISTS')
        ? { rows: [], rowCount: 0 }
        : client.query(text, params),
  };
  return runMigrations(session, bullmqSchema);
};
