import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionOptions, createRedisBackend, type RedisQueueBackend } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { Logger } from 'pino';
import { createOutageLog } from '../log/outage-log.ts';
import { createJobBackend, type JobBackend, UnfitBackend } from './job-backend.ts';
import { createRedisClient, mastersOf, type RedisAddress } from './redis-topology.ts';

export interface RedisJobsOptions extends RedisAddress {
  readonly logger: Logger;
}

const minimumVersion = [6, 2] as const;

/** BullMQ on Redis or Valkey: a single one, behind Sentinel, or a cluster. */
export const createRedisJobs = ({ logger, ...address }: RedisJobsOptions): JobBackend => {
  // A producer fails at once and leaves the message in the outbox; a consumer waits for as long as it takes.
  const producer = createRedisClient(address, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  const consumer = createRedisClient(address, { maxRetriesPerRequest: null });
  producer.on('error', createOutageLog(logger, 'redis producer'));
  consumer.on('error', createOutageLog(logger, 'redis consumer'));
  return createJobBackend<RedisQueueBackend, ConnectionOptions>(
    {
      kind: 'redis',
      factory: createRedisBackend,
      producer,
      consumer,
      isReachable: () => producer.status === 'ready',
      ping: () => producer.ping(),
      prepare: async (signal) => {
        await connected([producer, consumer], signal);
        if (signal.aborted) return;
        for (const master of mastersOf(producer)) assertFit(await master.info());
      },
      close: async () => {
        producer.disconnect();
        consumer.disconnect();
      },
    },
    logger,
  );
};

/** Redis may come later than the worker; meanwhile the outbox keeps everything. */
const connected = async (clients: readonly (Redis | Cluster)[], signal: AbortSignal): Promise<void> => {
  const connect = (client: Redis | Cluster) => void client.connect().catch(() => undefined);
  for (const client of clients) connect(client);
  while (!signal.aborted && clients.some((client) => client.status !== 'ready')) {
    // A cluster none of whose nodes answered has given up, unlike a single one.
    for (const client of clients) if (client.status === 'end') connect(client);
    await delay(50, undefined, { signal }).catch(() => undefined);
  }
};

/** @throws UnfitBackend */
const assertFit = (info: string): void => {
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim();
  const version = field('valkey_version') ?? field('redis_version') ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < minimumVersion[0] || (major === minimumVersion[0] && minor < minimumVersion[1])) {
    throw new UnfitBackend(`REDIS_URL: Redis ${minimumVersion.join('.')} or newer is needed, this is ${version}.`);
  }
  const policy = field('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    throw new UnfitBackend(
      `REDIS_URL: this Redis drops keys when it is full (maxmemory-policy ${policy}) and would lose jobs. Set maxmemory-policy to noeviction.`,
    );
  }
};
