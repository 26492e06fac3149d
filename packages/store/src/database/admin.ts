import pg from 'pg';

/** Any number that nobody else in the database locks: the bytes of `latchkey`. */
const ADVISORY_LOCK = '7809632510110917689';

/**
 * A connection of the migration's role, alone: held for all of the work, an advisory lock lets servers that start at
 * once go one after the other. Past a pooler, because the lock belongs to a session.
 */
export const asAdmin = async <T>(adminUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({
    connectionString: adminUrl,
    application_name: 'latchkey-migrate',
    connectionTimeoutMillis: 10_000,
    lock_timeout: 60_000,
  });
  // Without a listener a lost connection would end the process; the query in flight fails by itself.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    return await work(client);
  } finally {
    await client.end();
  }
};

/** All of `work` or nothing. */
export const inAdminTransaction = async (client: pg.Client, work: () => Promise<void>): Promise<void> => {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
};
