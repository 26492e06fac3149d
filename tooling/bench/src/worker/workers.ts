import { findFreePort, startRedis } from '@latchkey/embedded';
import { type Program, startProgram, WORKER } from '../verify/programs.ts';
import type { World } from '../verify/world.ts';

export type Backend = 'postgres' | 'redis';

/** A Redis of the run's own where this machine has the program; without one its half is left out, and said so. */
export const openRedis = async (): Promise<{ readonly url: string; stop(): Promise<void> } | null> =>
  (await startRedis()) ?? null;

/** `latchkey-worker` as a process of its own, ready. */
export const startWorker = async (world: World, redisUrl: string | null): Promise<Program> => {
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const env = {
    DATABASE_URL: world.urlOf('worker'),
    DATABASE_DIRECT_URL: world.urlOf('worker'),
    LATCHKEY_WORKER_PORT: new URL(url).port,
    LATCHKEY_LOG_LEVEL: 'warn',
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
  };
  return startProgram(WORKER, [], env, { url, path: '/readyz' });
};

/** Looks until it is so; gives the milliseconds that it took. */
export const untilTrue = async (what: string, look: () => Promise<boolean>, withinMs = 400_000): Promise<number> => {
  const begun = performance.now();
  while (!(await look())) {
    if (performance.now() - begun > withinMs) throw new Error(`within ${withinMs} ms it was not so that ${what}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
  return performance.now() - begun;
};
