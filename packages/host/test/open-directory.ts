import type { Clock, Tx } from '@latchkey/core';
import { cloneTemplate, createTemplate } from '@latchkey/embedded';
import '@latchkey/embedded/vitest-setup';
import { Migrator } from '@mikro-orm/migrations';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { inject } from 'vitest';
import { createEmbeddedDirectory, type Directory, directoryEntities, type PermissionKeeper } from '../src/index.ts';
import { directoryMigrations } from '../src/migrations/index.ts';

/** One MikroORM instance, as the composition has it. */
export const connect = (url: string, lockTimeoutMs = 10_000): MikroORM =>
  new MikroORM({
    clientUrl: url,
    entities: [...directoryEntities],
    extensions: [Migrator],
    logger: () => undefined,
    migrations: { migrationsList: [...directoryMigrations], snapshot: false },
    driverOptions: { lock_timeout: lockTimeoutMs },
  });

/** The directory wired to an instance, with transactions as a store would give them. */
export interface WiredDirectory {
  readonly directory: Directory;
  /** A transaction that commits when `work` resolves. */
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A transaction that somebody else holds open, to interleave with. */
  begin(): Promise<{ readonly tx: Tx; commit(): Promise<void>; rollback(): Promise<void> }>;
}

export interface OpenDirectory extends WiredDirectory {
  readonly orm: MikroORM;
  readonly url: string;
  /** Backends that wait for a lock. */
  waiting(): Promise<number>;
  /** Takes the database away from under the open connections. */
  disconnect(): Promise<void>;
  close(): Promise<void>;
}

export const at = (iso: string): number => Date.parse(iso);

export const wireDirectory = (
  orm: MikroORM,
  clock: Clock = { now: () => at('2026-03-01T12:00:00Z') },
  keeper?: PermissionKeeper,
): WiredDirectory => {
  const managers = new WeakMap<Tx, EntityManager>();
  const begin: WiredDirectory['begin'] = async () => {
    const em = orm.em.fork();
    await em.begin();
    const tx = Object.freeze({}) as Tx;
    managers.set(tx, em);
    return { tx, commit: () => em.commit(), rollback: () => em.rollback() };
  };
  const entityManagerOf = (tx: Tx): EntityManager => {
    const em = managers.get(tx);
    if (em === undefined) throw new TypeError('not a transaction of this test');
    return em;
  };
  return {
    directory: createEmbeddedDirectory({
      entityManagerOf,
      entityManager: () => orm.em.fork(),
      clock,
      ...(keeper === undefined ? {} : { keeper }),
    }),
    begin,
    run: async (work) => {
      const { tx, commit, rollback } = await begin();
      try {
        const result = await work(tx);
        await commit();
        return result;
      } catch (error) {
        await rollback();
        throw error;
      }
    },
  };
};

/** The directory on a database of its own, with the schema migrated and nothing in it. */
export const openDirectory = async (clock?: Clock): Promise<OpenDirectory> => {
  const template = await createTemplate(inject('postgresUrl'), 'host-migrated-0001', async (url) => {
    const orm = connect(url);
    await orm.migrator.up();
    await orm.close();
  });
  const database = await cloneTemplate(template);
  const orm = connect(database.url);
  return {
    ...wireDirectory(orm, clock),
    orm,
    url: database.url,
    waiting: async () => {
      const [row] = await orm.em
        .fork()
        .execute<{ count: number }[]>(
          "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        );
      return row?.count ?? 0;
    },
    disconnect: database.drop,
    close: async () => {
      await orm.close();
      await database.drop();
    },
  };
};
