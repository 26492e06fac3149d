import { directoryEntities } from '@latchkey/host';
import { directoryGrants, directoryMigrations } from '@latchkey/host/migrations';
import { migrateStore } from '@latchkey/store';
import type { ServerEnv } from '../env.ts';
import { UsageError } from './exit.ts';

/** Brings schema, roles and grants to what this release needs. Saying it twice is one effect. */
export const migrate = async (env: ServerEnv): Promise<{ readonly applied: readonly string[] }> => {
  const adminUrl = env.databaseAdminUrl;
  if (adminUrl === null) {
    throw new UsageError(
      'DATABASE_ADMIN_URL is missing: a role that may create schemas and roles, past any pooler, such as postgresql://postgres:PASSWORD@127.0.0.1:5432/latchkey',
    );
  }
  return migrateStore({
    adminUrl,
    ...(env.apiDbPassword === null ? {} : { apiPassword: env.apiDbPassword }),
    ...(env.workerDbPassword === null ? {} : { workerPassword: env.workerDbPassword }),
    auditRetentionDays: env.auditRetentionDays,
    entities: directoryEntities,
    migrations: directoryMigrations,
    grants: directoryGrants,
  });
};
