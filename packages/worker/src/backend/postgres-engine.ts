import { createPostgresBackend, type PgPool, type PostgresQueueBackend } from 'bullmq';
import pg from 'pg';
import type { Logger } from 'pino';
import { createOutageLog } from '../log/outage-log.ts';
import { createJobBackend, type JobBackend } from './job-backend.ts';
import { bullmqSchema, migrateBullmq } from './migrate-bullmq.ts';

export interface PostgresJobsOptions {
  /** A direct connection, not one through a transaction pooler: BullMQ listens on it. */
  readonly url: string;
  readonly logger: Logger;
}

/** BullMQ in the schema `bullmq` of a PostgreSQL database. */
export const createPostgresJobs = ({ url, logger }: PostgresJobsOptions): JobBackend => {
  const pool = new pg.Pool({ ...poolConfig(url), max: 8, keepAlive: true, connectionTimeoutMillis: 5_000 });
  // BullMQ describes the part of pg that it uses by a type of its own, with overloads that pg's typings don't match; its
  // documentation says that any pg.Pool will do.
  const connection = pool as unknown as PgPool;
  pool.on('error', createOutageLog(logger, 'bullmq on postgres'));
  let closed: Promise<void> | undefined;
  return createJobBackend<PostgresQueueBackend, PgPool>(
    {
      kind: 'postgres',
      // Typed for a pool of ours: queues and workers share its connections, and closing one leaves it to the others.
      factory: (name, opts, options) => createPostgresBackend(name, opts, options),
      producer: connection,
      consumer: connection,
      isReachable: () => true,
      ping: () => pool.query('SELECT 1'),
      prepare: async () => {
        const client = await pool.connect();
        try {
          const version = await migrateBullmq(client);
          logger.info({ schema: bullmqSchema, version }, 'job tables are up to date');
        } finally {
          client.release();
        }
      },
      close: () => {
        closed ??= pool.end();
        return closed;
      },
    },
    logger,
  );
};

/** BullMQ's statements name no schema; a URL's own `options` would win over the pool's and lose ours. */
const poolConfig = (url: string): pg.PoolConfig => {
  const parsed = new URL(url);
  const given = parsed.searchParams.get('options');
  parsed.searchParams.delete('options');
  const searchPath = `-c search_path=${bullmqSchema}`;
  return {
    connectionString: parsed.href,
    options: given === null ? searchPath : `${given} ${searchPath}`,
    application_name: 'latchkey-worker-jobs',
  };
};
