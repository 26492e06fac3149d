import { afterEach, expect } from 'vitest';
import { awaitUntil } from '../await-until.ts';
import { findBroken, untilAllDone } from '../broken.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { addMember, allOf, arrivedAt, removeMember } from '../removal.ts';
import { startWorkerProcess } from '../worker-process.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from './redis-server.ts';

/** Both backends, for `describe.each`; on one that this machine has not, the tests are skipped. */
export const backends = [
  { backend: 'postgres' as const, missing: false },
  { backend: 'redis' as const, missing: !hasRedisServer },
];

/** A database, a Redis where jobs wait there, and worker processes that may be killed. */
export interface FaultWorld {
  readonly installation: Installation;
  readonly redis: RedisServer | null;
  startWorker(environment?: Readonly<Record<string, string>>): Promise<ReturnType<typeof startWorkerProcess>>;
  /** A member with so many tokens; `remove` is the moment of its removal. */
  addMember(tokenCount: number): Promise<{ readonly memberId: string; remove(): Promise<void> }>;
  /** Waits until the rows say what was decided, and all recorded work is done. */
  untilRowsSay(members: readonly { readonly memberId: string }[], tokenCount: number): Promise<void>;
}

const opened: (() => Promise<unknown>)[] = [];
let asked: FaultWorld | null = null;

afterEach(async () => {
  const world = asked;
  asked = null;
  const found = world === null ? [] : await findBroken(world.installation).catch((error: Error) => [error.message]);
  for (const close of opened.splice(0).reverse()) await close();
  // Each fault ends with the queries that must return no row.
  expect(found).toEqual([]);
});

/** Closed after the test, which then has to leave nothing that is broken. GATE-FIRST: within a minute of a worker's return. */
export const openWorld = async (
  backend: 'postgres' | 'redis',
  options: { readonly serverUrl?: string; readonly databaseUrl?: (url: string) => string } = {},
): Promise<FaultWorld> => {
  const installation = await openInstallation(options.serverUrl);
  opened.push(() => installation.close());
  const redis = backend === 'redis' ? await startRedisServer() : null;
  if (redis !== null) opened.push(redis.stop);
  const databaseUrl = options.databaseUrl?.(installation.workerUrl) ?? installation.workerUrl;
  const world: FaultWorld = {
    installation,
    redis,
    startWorker: async (environment = {}) => {
      const worker = startWorkerProcess({
        DATABASE_URL: databaseUrl,
        ...(redis === null ? {} : { REDIS_URL: redis.url }),
        ...environment,
      });
      opened.push(() => worker.end('SIGKILL'));
      await worker.saying('worker ready', 60_000);
      return worker;
    },
    addMember: async (tokenCount) => {
      const memberId = await addMember(installation, tokenCount);
      return { memberId, remove: () => removeMember(installation, memberId) };
    },
    untilRowsSay: async (members, tokenCount) => {
      for (const { memberId } of members) {
        await awaitUntil(
          `all ${tokenCount} tokens of ${memberId} are inactive`,
          async () => (await arrivedAt(installation, memberId)).inactive === tokenCount,
          60_000,
        );
        expect(await arrivedAt(installation, memberId)).toEqual(allOf(tokenCount));
      }
      await untilAllDone(installation);
    },
  };
  asked = world;
  return world;
};
