import { Migrator } from '@mikro-orm/migrations';
import { type EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { writeRetention } from './audit/write-retention.ts';
import { asAdmin, inAdminTransaction } from './database/admin.ts';
import { storeEntities } from './entities.ts';
import { storeMigrations } from './migrations/list.ts';
import type { NamedMigration } from './migrations/store-migration.ts';
import { storeFunctionGrants, storeGrants, type TableGrant } from './roles/grants.ts';
import { writeJobSchema } from './roles/job-schema.ts';
import { writeGrants, writeRoles } from './roles/roles.ts';

export interface MigrateStoreOptions {
  /** Of a role that may create schemas and roles; past a pooler, because locks are held by a session. */
  readonly adminUrl: string;
  /** Printable ASCII. Without one a role keeps the password that it has. */
  readonly apiPassword?: string;
  readonly workerPassword?: string;
  /** Put behind the names of the roles `latchkey_api` and `latchkey_worker`: roles belong to the whole server. */
  readonly roleSuffix?: string;
  /**
   * How long sealed audit events are kept, in days from the end of their month; `null`: for good. Left out: as it was. Here
   * and nowhere else, because who may drop them should not decide when.
   */
  readonly auditRetentionDays?: number | null;
  /** A host's, run after the store's, with their entities and with what the two roles may do there. */
  readonly entities?: readonly EntitySchema[];
  readonly migrations?: readonly NamedMigration[];
  readonly grants?: readonly TableGrant[];
}

type Schema = Pick<MigrateStoreOptions, 'adminUrl' | 'entities' | 'migrations'>;

/** Runs what is pending, then brings roles and grants to what they should be. Saying it twice is one effect. */
export const migrateStore = (options: MigrateStoreOptions): Promise<{ readonly applied: readonly string[] }> =>
  asAdmin(options.adminUrl, async (client) => {
    const applied = await withMigrator(options, (migrator) => migrator.up());
    await inAdminTransaction(client, async () => {
      await writeRoles(client, {
        suffix: options.roleSuffix,
        passwords: { api: options.apiPassword, worker: options.workerPassword },
      });
      await writeGrants(client, [...storeGrants, ...(options.grants ?? [])], storeFunctionGrants, options.roleSuffix);
      await writeJobSchema(client, options.roleSuffix);
      if (options.auditRetentionDays !== undefined) await writeRetention(client, options.auditRetentionDays);
    });
    return { applied: applied.map(({ name }) => name) };
  });

/** Undoes the latest `count` migrations, all by default. The schema `latchkey` and its list of migrations stay. */
export const unmigrateStore = (options: Schema, count = Number.POSITIVE_INFINITY): Promise<void> =>
  asAdmin(options.adminUrl, () =>
    withMigrator(options, async (migrator) => {
      const done = await migrator.getExecuted();
      for (const { name } of done.reverse().slice(0, count)) await migrator.down({ migrations: [name] });
    }),
  );

const withMigrator = async <T>(options: Schema, work: (migrator: Migrator) => Promise<T>): Promise<T> => {
  const orm = new MikroORM({
    clientUrl: options.adminUrl,
    entities: [...storeEntities, ...(options.entities ?? [])],
    extensions: [Migrator],
    debug: false,
    logger: () => undefined,
    driverOptions: {
      connectionString: options.adminUrl,
      application_name: 'latchkey-migrate',
      max: 2,
      connectionTimeoutMillis: 10_000,
      // A host's migrations too.
      lock_timeout: 5_000,
    },
    migrations: {
      tableName: 'latchkey.migration',
      // A half-migrated schema would fit neither release.
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
