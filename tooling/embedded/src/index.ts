// In vitest.config.ts: `defineLatchkeyProject({ globalSetup: ['@latchkey/embedded/vitest-setup'] })`. In a test file:
//   const template = await createTemplate(inject('postgresUrl'), 'store-migrated', (url) => migrate(url)); // once a run, under a name
//   const database = await cloneTemplate(template); // { name, url, drop() }: a copy of its own in ~70 ms, the superuser's url
import type {} from './vitest-setup.ts';

export { findChromium } from './chromium.ts';
export { findNginx } from './nginx.ts';
export { findPgBouncer, type RunningPgBouncer, startPgBouncer } from './pgbouncer.ts';
export { findFreePort } from './port.ts';
export { cloneTemplate, createDatabase, createTemplate, type Database, type Template } from './postgres/database.ts';
export {
  type RunningPostgres,
  type StartPostgresOptions,
  startPostgres,
  stopLeftoverPostgres,
} from './postgres/start.ts';
export { findProgram } from './program.ts';
export { findRedis, type RedisSource, type RunningRedis, startRedis } from './redis.ts';
