import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** What answers at the addresses that were given. */
export type RedisTopology =
  | { readonly kind: 'single' }
  /** The addresses are some of the nodes; the others are asked of them. */
  | { readonly kind: 'cluster' }
  /** The addresses are sentinels, who know which server is the master of this name. */
  | { readonly kind: 'sentinel'; readonly name: string };

export interface RedisAddress {
  /** `redis://` or `rediss://`, one or several apart by commas; name, password and database count of the first. */
  readonly url: string;
  readonly topology?: RedisTopology;
}

/** How one who uses the connection takes an outage. */
type Manners = Pick<RedisOptions, 'enableOfflineQueue' | 'maxRetriesPerRequest'>;

const retryStrategy = (attempt: number): number => Math.min(2_000, 50 * 2 ** Math.min(attempt, 6));
const defaultPort = 6_379;

const endpoint = (url: URL) => ({ host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || defaultPort) });

const credentials = (url: URL) => ({
  ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
  ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
  ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
});

/** Connects when told to. @throws TypeError where an address is no URL: configuration has seen to it before. */
export const createRedisClient = ({ url, topology }: RedisAddress, manners: Manners): Redis | Cluster => {
  const urls = url.split(',').map((each) => new URL(each));
  const [first] = urls;
  if (first === undefined) throw new TypeError('no address of a Redis');
  const shared = { lazyConnect: true, connectTimeout: 5_000 };
  switch (topology?.kind) {
    case 'cluster':
      return new Cluster(urls.map(endpoint), {
        lazyConnect: true,
        enableOfflineQueue: manners.enableOfflineQueue ?? true,
        clusterRetryStrategy: retryStrategy,
        // A cluster that is being mended answers again and again with where to ask, or that it is down.
        maxRedirections: manners.maxRetriesPerRequest === null ? 1_000 : 4,
        redisOptions: {
          connectTimeout: shared.connectTimeout,
          maxRetriesPerRequest: manners.maxRetriesPerRequest ?? null,
          ...credentials(first),
        },
      });
    case 'sentinel':
      return new Redis({
        ...shared,
        ...manners,
        ...credentials(first),
        name: topology.name,
        sentinels: urls.map(endpoint),
        db: Number(first.pathname.slice(1) || 0),
        retryStrategy,
        sentinelRetryStrategy: retryStrategy,
      });
    default:
      return new Redis(url, { ...shared, ...manners, retryStrategy });
  }
};

/** Every server that holds keys: what one of them loses is lost. */
export const mastersOf = (client: Redis | Cluster): readonly Redis[] =>
  client instanceof Cluster ? client.nodes('master') : [client];
