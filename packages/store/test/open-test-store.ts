import { cloneTemplate, createTemplate } from '@latchkey/embedded';
import type {} from '@latchkey/embedded/vitest-setup';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { migrateStore, type OpenStore, type OpenStoreOptions, openStore } from '../src/index.ts';

export const ROLE_SUFFIX = '_store_test';
export const PASSWORDS = { api: 'api-password-of-tests', worker: 'worker-password-of-tests' } as const;

export interface TestStore {
  /** As the role of the API. */
  readonly store: OpenStore;
  /** The superuser's. */
  readonly adminUrl: string;
  readonly urlOf: (role: keyof typeof PASSWORDS) => string;
  /** As the superuser, past every grant. */
  readonly sql: <Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;
  readonly open: (role: keyof typeof PASSWORDS, options?: Partial<OpenStoreOptions>) => Promise<OpenStore>;
}

/** A migrated database of its own; gone when the test (or, called in `beforeAll`, the file) has ended. */
export const openTestStore = async (
  atEnd: (close: () => Promise<void>) => void = onTestFinished,
): Promise<TestStore> => {
  const template = await createTemplate(inject('postgresUrl'), 'store-migrated', (adminUrl) =>
    migrateStore({
      adminUrl,
      apiPassword: PASSWORDS.api,
      workerPassword: PASSWORDS.worker,
      roleSuffix: ROLE_SUFFIX,
    }),
  );
  const database = await cloneTemplate(template);
  const admin = new pg.Pool({ connectionString: database.url, max: 4 });
  admin.on('error', () => undefined);
  const urlOf = (role: keyof typeof PASSWORDS) => {
    const url = new URL(database.url);
    url.username = `latchkey_${role}${ROLE_SUFFIX}`;
    url.password = PASSWORDS[role];
    return url.href;
  };
  const stores: OpenStore[] = [];
  const open: TestStore['open'] = async (role, options = {}) => {
    const store = await openStore({ url: urlOf(role), applicationName: 'store-test', ...options });
    stores.push(store);
    return store;
  };
  atEnd(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await admin.end();
    await database.drop();
  });
  return {
    store: await open('api'),
    adminUrl: database.url,
    urlOf,
    open,
    sql: async (text, values) => (await admin.query(text, values)).rows,
  };
};
