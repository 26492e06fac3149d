import type { Tx } from '@latchkey/core';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import type { Pool, QueryResultRow } from 'pg';
import type { Connected } from './connect.ts';
import { rethrow, sqlStateOf } from './failure.ts';
import { readRows } from './read-rows.ts';

/**
 * Statements with bound values, inside a transaction or on a connection of their own. Not through the entity manager:
 * MikroORM writes values into the text of a statement, and its errors repeat that text (SECRET-ONCE); and a record
 * that is read straight from its row needs no identity map.
 */
export interface Database {
  query<Row extends QueryResultRow>(tx: Tx | undefined, text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The same with a statement that each connection prepares once; `name` says which. */
  queryPrepared<Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]): Promise<Row[]>;
  readonly transactions: Transactions;
}

/** Which entity manager a running transaction has. Ended ones are forgotten, so that a late use is an error. */
export interface Transactions {
  open(): Promise<{ readonly tx: Tx; readonly em: EntityManager }>;
  entityManagerOf(tx: Tx): EntityManager;
  forget(tx: Tx): void;
}

export const createDatabase = ({ orm, pool }: Connected): Database => {
  const transactions = createTransactions(orm);
  // A transaction pooler before PgBouncer 1.21 forgets prepared statements between two transactions; whoever meets one
  // goes on without them. What it refused has not run.
  let prepares = true;
  const FORGOTTEN = new Set(['26000', '42P05']);
  const onPool = async <T>(ask: (pool: Pool) => Promise<T>): Promise<T> => {
    try {
      return await ask(await pool());
    } catch (error) {
      return rethrow(error);
    }
  };
  const unprepared = async <Row extends QueryResultRow>(text: string, values: readonly unknown[]) =>
    (await onPool((one) => one.query<Row>({ text, values: [...values] }))).rows;
  const prepared = async <Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]) => {
    const { fields, rows } = await onPool((one) => one.query({ name, text, values: [...values], rowMode: 'array' }));
    return readRows<Row>(name, fields, rows);
  };
  return {
    transactions,
    query: async <Row extends QueryResultRow>(tx: Tx | undefined, text: string, values: readonly unknown[] = []) => {
      if (tx === undefined) return unprepared<Row>(text, values);
      try {
        return await inTransaction<Row>(transactions.entityManagerOf(tx), text, values);
      } catch (error) {
        return rethrow(error);
      }
    },
    queryPrepared: async <Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]) => {
      if (!prepares) return unprepared<Row>(text, values);
      try {
        return await prepared<Row>(name, text, values);
      } catch (error) {
        if (!FORGOTTEN.has(sqlStateOf(error))) throw error;
        prepares = false;
        return unprepared<Row>(text, values);
      }
    },
  };
};

const createTransactions = (orm: MikroORM): Transactions => {
  const running = new WeakMap<Tx, EntityManager>();
  return {
    open: async () => {
      const em = orm.em.fork();
      await em.begin();
      // An empty object: whoever holds it can do nothing with it but hand it on.
      const tx = Object.freeze({}) as Tx;
      running.set(tx, em);
      return { tx, em };
    },
    entityManagerOf: (tx) => {
      const em = running.get(tx);
      if (em === undefined) throw new TypeError('this transaction has ended, or is not of this store');
      return em;
    },
    forget: (tx) => void running.delete(tx),
  };
};

const inTransaction = async <Row extends QueryResultRow>(
  em: EntityManager,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> => {
  const kysely = em.getKysely<Record<never, never>>();
  const result = await kysely.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
  return result.rows;
};
