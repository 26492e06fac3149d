import { cloneTemplate, createTemplate } from '@latchkey/embedded';
import { directoryEntities } from '@latchkey/host';
import { directoryGrants, directoryMigrations } from '@latchkey/host/migrations';
import { migrateStore, openStore } from '@latchkey/store';
import pg from 'pg';
import { inject } from 'vitest';
import { awaitUntil } from './await-until.ts';

const roleSuffix = '_worker_tests';
const workerPassword = 'Canary-of-the-worker-role';

/** A database of the test's own, migrated, with an organization in it, seen by its superuser and by the worker's role. */
export const openInstallation = async (serverUrl = inject('postgresUrl')) => {
  const template = await createTemplate(serverUrl, 'worker_tests_with_directory', async (adminUrl) => {
    // With the embedded directory, as every installation has it: reports of removals are told to its members.
    await migrateStore({
      ...{ adminUrl, workerPassword, roleSuffix },
      entities: directoryEntities,
      migrations: directoryMigrations,
      grants: directoryGrants,
    });
  });
  const database = await cloneTemplate(template);
  const workerUrl = new URL(database.url);
  workerUrl.username = `latchkey_worker${roleSuffix}`;
  workerUrl.password = workerPassword;

  const store = await openStore({ url: database.url, applicationName: 'worker-tests' });
  const workerStore = await openStore({ url: workerUrl.href, applicationName: 'worker-tests' });
  // One session for as long as it lives, because tests hold locks in it; another one after the server was restarted.
  const admin = new pg.Pool({ connectionString: database.url, max: 1, idleTimeoutMillis: 0 });
  admin.on('error', () => undefined);
  const organizationId = 'org-1';
  await store.unitOfWork.run((tx) =>
    store.organizations.insert(tx, { organizationId, name: 'Org 1', routingKey: 'aB3', createdAt: 0 }),
  );

  return {
    organizationId,
    workerUrl: workerUrl.href,
    workerPassword,
    /** As the API sees it. */
    store,
    /** With the rights of the worker, and no more. */
    workerStore,
    query: async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
      (await admin.query<Row>(text, values)).rows,
    /**
     * Resolves once every transaction is over that is open now: those of other databases, too, because a snapshot counts
     * the whole server's, and other tests hold theirs open beside.
     */
    transactionsEnded: async () => {
      const [{ now } = { now: '' }] = (await admin.query<{ now: string }>('select pg_current_xact_id()::text as now'))
        .rows;
      await awaitUntil(
        'the transactions that were open have ended',
        async () =>
          (await admin.query('select 1 where pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8', [now])).rowCount ===
          1,
        120_000,
      );
    },
    close: async () => {
      await Promise.all([store.close(), workerStore.close(), admin.end()]);
      await database.drop();
    },
  };
};

export type Installation = Awaited<ReturnType<typeof openInstallation>>;
