import type { Tx } from '@latchkey/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { createAuditChain } from './audit/pg-audit-chain.ts';
import { createAuditRetention } from './audit/pg-audit-retention.ts';
import { createAuditTrail } from './audit/pg-audit-trail.ts';
import { createSystemCredentialRepository } from './credentials/pg-system-credential-repository.ts';
import { type ConnectOptions, connectDatabase } from './database/connect.ts';
import { createDatabase } from './database/database.ts';
import { sqlStateOf } from './database/failure.ts';
import { NOW_MS } from './database/time.ts';
import { createUnitOfWork } from './database/unit-of-work.ts';
import { createDiagnosis } from './diagnosis/pg-diagnosis.ts';
import { createChangeFeed } from './feed/pg-change-feed.ts';
import { createHousekeeping } from './housekeeping/pg-housekeeping.ts';
import { createIdempotencyKeys } from './idempotency/pg-idempotency-keys.ts';
import { createInstallationRepository } from './installation/pg-installation-repository.ts';
import { storeMigrations } from './migrations/list.ts';
import type { NamedMigration } from './migrations/store-migration.ts';
import { createNotifications } from './notifications/pg-notifications.ts';
import { createOrganizationRepository } from './organizations/pg-organization-repository.ts';
import { createOutbox } from './outbox/pg-outbox.ts';
import { createOwnerGateRepository } from './owners/pg-owner-gate-repository.ts';
import { createPermissionSetRepository } from './permission-sets/pg-permission-set-repository.ts';
import { createReconciliations } from './reconciliation/pg-reconciliations.ts';
import { createReminders } from './reminders/pg-reminders.ts';
import { createSessionRepository } from './sessions/pg-session-repository.ts';
import { createSignInLinkRepository } from './sessions/pg-sign-in-link-repository.ts';
import { createSettingsRepository } from './settings/pg-settings-repository.ts';
import type { Store } from './store.ts';
import { createTokenRepository } from './tokens/pg-token-repository.ts';
import { createUsage } from './usage/pg-usage.ts';

export interface OpenStoreOptions extends ConnectOptions {
  /** Of the further entities; `pendingMigrations` looks for them too. */
  readonly migrations?: readonly NamedMigration[];
  /** W3C Trace Context of what is going on, written beside recorded work; `null` where nobody traces. */
  readonly traceparent?: () => string | null;
}

/** A store, with the keys that let an embedded host take part in its transactions. */
export interface OpenStore extends Store {
  /** The entity manager of a running transaction. What it holds is flushed before COMMIT. */
  readonly entityManagerOf: (tx: Tx) => EntityManager;
  /** A fresh one, outside of any transaction of the store. Its errors are MikroORM's, not `StoreUnavailable`. */
  readonly entityManager: () => EntityManager;
}

/** Opens no connection yet: the first statement does, and throws `StoreUnavailable` where it can't. */
export const openStore = async (options: OpenStoreOptions): Promise<OpenStore> => {
  const connected = connectDatabase(options);
  const database = createDatabase(connected);
  const migrations = [...storeMigrations, ...(options.migrations ?? [])].map(({ name }) => name);
  return {
    unitOfWork: createUnitOfWork(database.transactions),
    installation: createInstallationRepository(database),
    organizations: createOrganizationRepository(database),
    tokens: createTokenRepository(database),
    ownerGates: createOwnerGateRepository(database),
    credentials: createSystemCredentialRepository(database),
    sessions: createSessionRepository(database),
    signInLinks: createSignInLinkRepository(database),
    audit: createAuditTrail(database),
    auditChain: createAuditChain(database),
    auditRetention: createAuditRetention(database, options),
    outbox: createOutbox(database, options.traceparent),
    feed: createChangeFeed(database),
    settings: createSettingsRepository(database),
    reconciliations: createReconciliations(database),
    reminders: createReminders(database),
    notifications: createNotifications(database),
    housekeeping: createHousekeeping(database),
    idempotencyKeys: createIdempotencyKeys(database),
    permissionSets: createPermissionSetRepository(database),
    diagnosis: createDiagnosis(database, migrations),
    usage: createUsage(database),
    now: async (tx) => {
      const rows = await database.query<{ now: number }>(tx, `select ${NOW_MS} as now`);
      return rows[0]?.now ?? Number.NaN;
    },
    pendingMigrations: async () => {
      const done = await database
        .query<{ name: string }>(undefined, 'select name from latchkey.migration')
        .catch((error) => {
          // 42P01: no such table, so none has run.
          if (sqlStateOf(error) === '42P01') return [];
          throw error;
        });
      const names = new Set(done.map(({ name }) => name));
      return migrations.filter((name) => !names.has(name));
    },
    entityManagerOf: database.transactions.entityManagerOf,
    entityManager: () => connected.orm.em.fork(),
    close: () => connected.orm.close(true),
  };
};
