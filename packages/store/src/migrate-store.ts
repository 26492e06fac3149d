import { Migrator } from '@mikro-orm/migrations';
import type { EntitySchema } from '@mikro-orm/postgresql';
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { storeEntities } from './entities.ts';
import { storeMigrations } from './migrations/list.ts';
import type { NamedMigration } from './migrations/store-migration.ts';
import { storeGrants, type TableGrant } from './roles/grants.ts';
import { writeGrants, writeRoles } from './roles/roles.ts';

export interface MigrateStoreOptions {
  /** Of a role that may create schemas and roles; past a pooler, because locks are held by a session. */
  readonly adminUrl: string;
  readonly apiPassword?: string;
  readonly workerPassword?: string;
  /** Put behind the names of the roles. */
  readonly roleSuffix?: string;
  /** A host's, run after the store's, with their entities and with what the two roles may do there. */
  readonly entities?: readonly EntitySchema[];
  readonly migrations?: readonly NamedMigration[];
  readonly grants?: readonly TableGrant[];
}

/** Any number that nobody else in the database locks: the bytes of `latchkey`. */
const ADVISORY_LOCK = '7809632510110917689';

/** Runs what is pending, then brings roles and grants to what they should be. Saying it twice is one effect. */
export const migrateStore = async (options: MigrateStoreOptions): Promise<{ readonly applied: readonly string[] }> => {
  const client = new pg.Client({ connectionString: options.adminUrl, application_name: 'latchkey-migrate' });
  await client.connect();
  try {
    // Held for all of it, so that two servers that start at once migrate one after the other.
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    const applied = await withMigrator(options, async (migrator) => {
      const done = await migrator.up();
      return done.map((migration) => migration.name);
    });
    await client.query('begin');
    await writeRoles(client, {
      passwords: {
        ...(options.apiPassword === undefined ? {} : { api: options.apiPassword }),
        ...(options.workerPassword === undefined ? {} : { worker: options.workerPassword }),
      },
      ...(options.roleSuffix === undefined ? {} : { suffix: options.roleSuffix }),
    });
    await writeGrants(client, [...storeGrants, ...(options.grants ?? [])], options.roleSuffix);
    await client.query('commit');
    return { applied };
  } finally {
    // Ends the lock too.
    await client.end();
  }
};

/** Undoes everything: for tests and for leaving. The schema and its list of migrations stay. */
export const unmigrateStore = (options: Pick<MigrateStoreOptions, 'adminUrl' | 'entities' | 'migrations'>) =>
  withMigrator(options, async (migrator) => void (await migrator.down({ to: 0 })));

const withMigrator = async <T>(
  options: Pick<MigrateStoreOptions, 'adminUrl' | 'entities' | 'migrations'>,
  work: (migrator: Migrator) => Promise<T>,
): Promise<T> => {
  const orm = new MikroORM({
    clientUrl: options.adminUrl,
    entities: [...storeEntities, ...(options.entities ?? [])],
    extensions: [Migrator],
    debug: false,
    logger: () => undefined,
    driverOptions: {
      connectionString: options.adminUrl,
      max: 2,
      application_name: 'latchkey-migrate',
      lock_timeout: 5_000,
    },
    migrations: {
      tableName: 'latchkey.migration',
      // All or nothing: a half-migrated schema would fit neither release.
      allOrNothing: true,
      snapshot: false,
      silent: true,
      migrationsList: [...storeMigrations, ...(options.migrations ?? [])],
    },
  });
  try {
    return await work(orm.migrator as Migrator);
  } finally {
    await orm.close(true);
  }
};
