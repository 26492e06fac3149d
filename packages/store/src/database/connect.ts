import { type EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import { storeEntities } from '../entities.ts';
import { StoreClient } from './client.ts';

export interface ConnectOptions {
  /** `postgresql://…`, `sslmode` and the like included. */
  readonly url: string;
  /** Further entities, such as an embedded directory's: they share this instance, and so a transaction. */
  readonly entities?: readonly EntitySchema[];
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Connections at most; 10 by default. */
  readonly poolMax?: number;
  /** How long to wait for a free or a new connection; 3,000 ms by default. */
  readonly connectTimeoutMs?: number;
  /** The server gives up on a statement after this; 5,000 ms by default. We do 1,000 ms later, should it not answer. */
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
}

export interface Connected {
  readonly orm: MikroORM;
  readonly pool: () => Promise<Pool>;
}

/** Opens nothing yet: the first statement connects. */
export const connectDatabase = (options: ConnectOptions): Connected => {
  const statementTimeoutMs = options.statementTimeoutMs ?? 5_000;
  const orm = new MikroORM({
    clientUrl: options.url,
    entities: [...storeEntities, ...(options.entities ?? [])],
    // SECRET-ONCE: MikroORM would log statements with their values.
    debug: false,
    logger: () => undefined,
    discovery: { warnWhenNoEntities: false },
    driverOptions: {
      // Read by pg itself, because MikroORM leaves the query part of the URL out.
      connectionString: options.url,
      Client: StoreClient,
      application_name: options.applicationName,
      max: options.poolMax ?? 10,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 3_000,
      statement_timeout: statementTimeoutMs,
      lock_timeout: options.lockTimeoutMs ?? statementTimeoutMs,
      idle_in_transaction_session_timeout: 2 * statementTimeoutMs,
      query_timeout: statementTimeoutMs + 1_000,
      keepAlive: true,
    },
  });
  return { orm, pool: () => orm.em.getConnection().getNativeClient() };
};
