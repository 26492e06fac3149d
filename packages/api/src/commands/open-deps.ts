import { createEmbeddedDirectory, type Directory, directoryEntities } from '@latchkey/host';
import { directoryMigrations } from '@latchkey/host/migrations';
import { anchorFolder, auditKeyFile, createAnchorFiles, KeyFileRefused, openStore, readKeyFile } from '@latchkey/store';
import type { Logger } from 'pino';
import { noUses } from '../authenticate/record-uses.ts';
import type { ApiDeps, ApiKeys, ApiSettings, AuditAuthority } from '../deps.ts';
import type { ServerEnv } from '../env.ts';
import { loadOrMakeKeys } from '../keys/key-file.ts';
import { nodeCrypto } from '../node-crypto.ts';
import { createSettler } from '../settling/settler.ts';
import { currentTraceparent } from '../tracing/traceparent.ts';
import { createVerifying } from '../verifying/create-verifying.ts';
import { CommandFailed, UsageError } from './exit.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The embedded directory is always there: these commands are its. */
export type CommandDeps = ApiDeps & { readonly directory: Directory };

/** Everything that a command works with, composed by hand. */
export const openDeps = async (
  env: ServerEnv,
  logger: Logger,
): Promise<{ readonly deps: CommandDeps; readonly close: () => Promise<void> }> => {
  if (env.databaseUrl === null) {
    throw new UsageError(
      'DATABASE_URL is missing: the PostgreSQL that `latchkey-server migrate` has prepared, such as postgresql://latchkey_api:PASSWORD@127.0.0.1:5432/latchkey',
    );
  }
  const keys = await keysOf(env);
  const store = await openStore({
    url: env.databaseUrl,
    entities: directoryEntities,
    migrations: directoryMigrations,
    applicationName: 'latchkey-server',
    traceparent: currentTraceparent,
  });
  const clock = { now: () => Date.now() };
  const directory = createEmbeddedDirectory({
    entityManagerOf: store.entityManagerOf,
    entityManager: store.entityManager,
    clock,
    keeper: store.permissionSets,
  });
  const settler = createSettler({ feed: store.feed, logger });
  const settings = settingsOf(env);
  const parts = { store, host: directory.host, directory, crypto: nodeCrypto, logger, keys, settings };
  // It follows no feed, so it asks the store each time; no command accepts a token anyway.
  const verifying = createVerifying(parts);
  return {
    deps: {
      ...parts,
      directory,
      clock,
      verifying,
      verifier: verifying.verifier,
      uses: noUses,
      settler,
      auditAuthority: auditAuthorityOf(env),
      ...(env.mailFolder === null ? {} : { mailFolder: env.mailFolder }),
      ...(env.board === null ? {} : { board: env.board }),
    },
    close: () => {
      settler.close();
      return store.close();
    },
  };
};

/** @throws CommandFailed where the schema isn't this release's: nothing is begun that would fail in the middle. */
export const requireMigrated = async (deps: Pick<ApiDeps, 'store'>): Promise<void> => {
  const pending = await deps.store.pendingMigrations();
  if (pending.length > 0) {
    throw new CommandFailed(
      `The database's schema is behind: run \`latchkey-server migrate\`. Missing: ${pending.join(', ')}.`,
    );
  }
};

const keysOf = async (env: ServerEnv): Promise<ApiKeys> => {
  if (env.keys !== null) return env.keys;
  if (env.dataFolder === null) {
    throw new UsageError(
      'LATCHKEY_DATA_DIR is missing: a folder where the keys of this installation are made and kept. Or give LATCHKEY_PEPPERS, LATCHKEY_TAG_KEYS and LATCHKEY_CURSOR_KEYS.',
    );
  }
  try {
    return await loadOrMakeKeys(env.dataFolder, nodeCrypto);
  } catch (error) {
    if (error instanceof KeyFileRefused) throw new CommandFailed(error.message, { cause: error });
    throw error;
  }
};

/** The worker makes keys and anchors; here they are only read. */
const auditAuthorityOf = ({ auditKeys, dataFolder }: ServerEnv): AuditAuthority => ({
  keys: async () =>
    auditKeys ?? (dataFolder === null ? null : ((await readKeyFile(auditKeyFile(dataFolder)))?.auditKeys ?? null)),
  anchors: dataFolder === null ? null : createAnchorFiles(anchorFolder(dataFolder)),
});

/** How people reach a server that was told no public URL. */
export const addressOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

const settingsOf = (env: ServerEnv): ApiSettings => ({
  prefixes: env.prefixes,
  publicUrl: env.publicUrl ?? addressOf(env.host, env.port),
  sessionIdleMs: 2 * HOUR_MS,
  sessionAbsoluteMs: 12 * HOUR_MS,
  signInLinkMs: 24 * HOUR_MS,
  signInAttempts: { count: 20, windowMs: MINUTE_MS },
  trustedProxyCount: env.trustedProxyCount,
  demo: env.demo,
});
