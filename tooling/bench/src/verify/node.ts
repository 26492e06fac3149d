import { nodeCrypto } from '@latchkey/api/server';
import { createVerifying, followFeed } from '@latchkey/api/verifying';
import { createEmbeddedDirectory, directoryEntities } from '@latchkey/host';
import { directoryMigrations } from '@latchkey/host/migrations';
import { type OpenStore, openListener, openStore } from '@latchkey/store';
import { pino } from 'pino';
import type { Keys } from './bulk-tokens.ts';
import { AGE_SECONDS } from './world.ts';

/** What a process needs to be a node. */
export interface NodeSetting {
  /** The database's, as the API's role. */
  readonly databaseUrl: string;
  /** The server's. */
  readonly url: string;
  readonly keys: Keys;
}

export interface Node {
  readonly verifying: ReturnType<typeof createVerifying>;
  readonly store: OpenStore;
  /** Look-ups of tokens that were sent to the database. */
  readonly lookUps: () => number;
  close(): Promise<void>;
}

/** The verifier of an API node in this process, following the same feed as every other. */
export const startNode = async (
  { databaseUrl, url, keys }: NodeSetting,
  bounds: { readonly maxEntries: number; readonly maxBytes: number } = { maxEntries: 2_000_000, maxBytes: 8 * 2 ** 30 },
): Promise<Node> => {
  const store = await openStore({
    url: databaseUrl,
    applicationName: 'bench-node',
    entities: directoryEntities,
    migrations: directoryMigrations,
  });
  const logger = pino({ level: 'silent' });
  const directory = createEmbeddedDirectory({
    entityManagerOf: store.entityManagerOf,
    entityManager: store.entityManager,
    clock: { now: () => Date.now() },
    keeper: store.permissionSets,
  });
  let lookUps = 0;
  const tokens: OpenStore['tokens'] = {
    ...store.tokens,
    lookUp: (...args) => {
      lookUps += 1;
      return store.tokens.lookUp(...args);
    },
  };
  const verifying = createVerifying(
    {
      store: { ...store, tokens },
      host: directory.host,
      directory,
      crypto: nodeCrypto,
      keys: { ...keys, cursorKeys: keys.peppers },
      settings: {
        prefixes: ['lk'],
        publicUrl: url,
        sessionIdleMs: 0,
        sessionAbsoluteMs: 0,
        signInLinkMs: 0,
        signInAttempts: { count: 0, windowMs: 0 },
        trustedProxyCount: 0,
      },
      logger,
    },
    { ...bounds, maxAgeMs: AGE_SECONDS * 1_000 },
  );
  const following = followFeed({
    feed: store.feed,
    verifying,
    logger,
    listen: (onNotify) =>
      openListener({ url: databaseUrl, channels: ['latchkey_change'], onNotify, onLost: () => undefined }),
  });
  await following.polled();
  verifying.uses.begin();
  return {
    verifying,
    store,
    lookUps: () => lookUps,
    close: async () => {
      await following.close();
      await verifying.uses.close();
      await store.close();
    },
  };
};
