import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres/start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The superuser's URL of the run's PostgreSQL. */
    readonly postgresUrl: string;
  }
}

/** One PostgreSQL for a vitest run, or the one that whoever runs all packages has started for them. */
export const setup = async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const given = process.env['LATCHKEY_TEST_POSTGRES_URL'];
  if (given !== undefined) {
    project.provide('postgresUrl', given);
    return undefined;
  }
  const postgres = await startPostgres();
  project.provide('postgresUrl', postgres.url);
  return postgres.stop;
};
