import { describe, expect, it } from 'vitest';
import { awaitUntil } from '../await-until.ts';
import { startTcpProxy } from '../tcp-proxy.ts';
import { chosen } from './extent.ts';
import { type FaultWorld, openWorld } from './fault-world.ts';
import { holdAfter } from './hold-cascade.ts';
import { hasRedisServer, type RedisServer } from './redis-server.ts';

const tokenCount = 150;

/** Done to Redis just before the removal commits, and how it ends. */
const outages: readonly {
  readonly fault: string;
  readonly short?: boolean;
  readonly begin: (redis: RedisServer, proxy: Proxy) => unknown;
  readonly end: (redis: RedisServer, proxy: Proxy) => unknown;
}[] = [
  { fault: 'refuses', begin: (_, proxy) => proxy.refuse(), end: (_, proxy) => proxy.pass() },
  { fault: 'hangs', begin: (_, proxy) => proxy.hang(), end: (_, proxy) => proxy.pass() },
  { fault: 'is killed', begin: (redis) => redis.kill(), end: (redis) => redis.restart() },
  { fault: 'is full', short: true, begin: (redis) => redis.fill(), end: (redis) => redis.empty() },
];

type Proxy = Awaited<ReturnType<typeof startTcpProxy>>;

describe.skipIf(!hasRedisServer)('REDIS-OPTIONAL, NOTHING-LOST: at the moment of a removal, Redis', () => {
  it.for(chosen(outages))(
    '$fault: the removal is committed, and its work done when Redis is back',
    { timeout: 180_000 },
    async ({ begin, end }) => {
      const world = await openWorld('redis');
      const redis = world.redis ?? expect.fail('there is no redis');
      const proxy = await startTcpProxy(redis.url);
      try {
        await world.startWorker({ REDIS_URL: proxy.url });
        await begin(redis, proxy);
        const members = await Promise.all([world.addMember(tokenCount), world.addMember(tokenCount)]);
        for (const member of members) await member.remove();
        await awaitUntil('the messages wait', async () => (await world.installation.store.outbox.lag()).count === 2);
        await end(redis, proxy);
        await world.untilRowsSay(members, tokenCount);
      } finally {
        await proxy.close();
      }
    },
  );

  /** What Redis was told, and forgets: jobs at work and jobs that wait. */
  const losses: readonly {
    readonly fault: string;
    readonly short?: boolean;
    readonly lose: (redis: RedisServer) => Promise<unknown>;
  }[] = [
    { fault: 'is flushed', short: true, lose: (redis) => redis.flush() },
    {
      fault: 'is killed and comes back empty',
      lose: async (redis) => {
        await redis.kill();
        await redis.restart();
      },
    },
  ];

  it.for(chosen(losses))(
    '$fault with jobs at work and jobs that wait: they are handed over again',
    { timeout: 180_000 },
    async ({ lose }) => {
      const world = await openWorld('redis');
      const redis = world.redis ?? expect.fail('there is no redis');
      const hold = await holdAfter(world.installation, tokenCount);
      await world.startWorker();
      // More than one worker takes at once: some are at work, and some wait in Redis alone.
      const members = await Promise.all(Array.from({ length: 8 }, () => world.addMember(tokenCount)));
      for (const member of members) await member.remove();
      await hold.reached();
      await awaitUntil('everything is relayed', async () => (await world.installation.store.outbox.lag()).count === 0);
      await lose(redis);
      await hold.release();
      await untilOverdue(world);
      await world.untilRowsSay(members, tokenCount);
    },
  );
});

/** Half a minute goes by for what is not done yet. */
const untilOverdue = ({ installation }: FaultWorld): Promise<unknown> =>
  installation.query(
    `update latchkey.outbox_message set next_attempt_at = next_attempt_at - interval '30 s' where done_at is null`,
  );
