import { createEmbeddedDirectory, directoryEntities } from '@latchkey/host';
import { KeyFileRefused, openListener, openStore, type Store } from '@latchkey/store';
import type { Logger } from 'pino';
import { openSealer } from './audit/open-sealer.ts';
import type { SealerOptions } from './audit/seal-and-anchor.ts';
import { assertFitDatabase } from './backend/assert-fit-database.ts';
import { type JobBackend, UnfitBackend } from './backend/job-backend.ts';
import { createPostgresJobs } from './backend/postgres-engine.ts';
import { createRedisJobs } from './backend/redis-engine.ts';
import { createAskServer } from './board/ask-server.ts';
import { startBoard } from './board/start-board.ts';
import type { WorkerConfiguration } from './env.ts';
import { exitCodes } from './exit-codes.ts';
import { startHealthServer } from './http/health-server.ts';
import { createOutageLog } from './log/outage-log.ts';
import type { Announce, Notifiers } from './notifications/notifier.ts';
import { openNotifiers } from './notifications/open-notifiers.ts';
import type { Reconciling } from './schedules/reconcile-members.ts';
import { startTracing } from './tracing/start-tracing.ts';
import { currentTraceparent } from './tracing/trace-work.ts';
import { createWorkers, queueNames, type WakeUps } from './workers.ts';

export type MainDeps = {
  readonly configuration: WorkerConfiguration;
  readonly logger: Logger;
  /** Resolves with what asked for the end, such as `SIGTERM`. */
  readonly untilStopped: Promise<string>;
};

const shutdownDeadlineMs = 10_000;
const clock = { now: () => Date.now() };

/** The worker's whole life. @returns the exit code */
export const main = async ({ configuration, logger, untilStopped }: MainDeps): Promise<number> => {
  const { databaseUrl, databaseDirectUrl, redis, production, healthPort } = configuration;
  logger.info(
    {
      backend: redis === null ? 'postgres' : 'redis',
      topology: redis?.topology.kind,
      production,
      node: process.version,
    },
    'worker starting',
  );
  const tracing =
    configuration.otlpEndpoint === null ? null : await startTracing(configuration.otlpEndpoint, 'latchkey-worker');
  const store = await openStore({
    url: databaseUrl,
    entities: directoryEntities,
    applicationName: 'latchkey-worker',
    traceparent: currentTraceparent,
  });
  try {
    const pending = await store.pendingMigrations();
    if (pending.length > 0) {
      logger.fatal(
        { pending },
        'the database schema is not ready: run `latchkey-server migrate`, then start the worker',
      );
      return exitCodes.schemaNotReady;
    }
    assertFitDatabase(await store.diagnosis.server());
    const sealer = await openSealer({ keys: configuration.auditKeys, dataFolder: configuration.dataFolder });
    if (sealer === null) {
      logger.warn('the audit trail is not sealed: give LATCHKEY_AUDIT_KEYS, or LATCHKEY_DATA_DIR to keep keys in');
    }
    const { host } = createEmbeddedDirectory(store);
    const { notifications, dataFolder } = configuration;
    const { notifiers, announce } = openNotifiers(notifications, { store, host, clock, dataFolder, production });
    logger.info({ channels: Object.keys(notifiers) }, 'people are told by these channels');
    return await work({
      notifiers,
      announce,
      tombstoneDays: configuration.tombstoneDays,
      reconciling: { host, share: configuration.removalShare },
      usageDays: configuration.usageDays,
      sealer,
      store,
      jobs:
        redis === null ? createPostgresJobs({ url: databaseDirectUrl, logger }) : createRedisJobs({ ...redis, logger }),
      wakeUps: listenTo(databaseDirectUrl, logger),
      logger,
      untilStopped,
      health: healthPort === null ? null : { host: production ? '0.0.0.0' : '127.0.0.1', port: healthPort },
      board:
        configuration.board === null ? null : { ...configuration.board, host: production ? '0.0.0.0' : '127.0.0.1' },
    });
  } catch (error) {
    logger.fatal({ err: error }, 'worker failed');
    return error instanceof UnfitBackend || error instanceof KeyFileRefused
      ? exitCodes.badConfiguration
      : exitCodes.failed;
  } finally {
    await store.close();
    await tracing?.stop();
  }
};

type Work = {
  readonly notifiers: Notifiers;
  readonly announce: Announce;
  readonly tombstoneDays: number;
  readonly reconciling: Reconciling;
  readonly usageDays: number;
  readonly sealer: SealerOptions | null;
  readonly store: Store;
  readonly jobs: JobBackend;
  readonly wakeUps: WakeUps;
  readonly logger: Logger;
  readonly untilStopped: Promise<string>;
  readonly health: { readonly host: string; readonly port: number } | null;
  readonly board: (NonNullable<WorkerConfiguration['board']> & { readonly host: string }) | null;
};

const work = async ({
  notifiers,
  announce,
  tombstoneDays,
  reconciling,
  usageDays,
  sealer,
  store,
  jobs,
  wakeUps,
  logger,
  untilStopped,
  health,
  board: boardOptions,
}: Work): Promise<number> => {
  const workers = createWorkers({
    store,
    jobs,
    wakeUps,
    logger,
    clock,
    notifiers,
    announce,
    tombstoneDays,
    reconciling,
    usageDays,
    ...(sealer === null ? {} : { sealer }),
  });
  const server = health === null ? null : await startHealthServer(workers, health);
  let board: { close(): Promise<unknown> } | null = null;
  try {
    const stoppedFirst = await Promise.race([workers.ready.then(() => null), untilStopped]);
    if (stoppedFirst === null && boardOptions !== null) board = await openBoard(jobs, logger, boardOptions);
    if (stoppedFirst === null) logger.info({ backend: jobs.kind, healthPort: server?.port }, 'worker ready');
    logger.info({ because: await untilStopped }, 'worker stopping');
    await board?.close();
    const inTime = await workers.close(shutdownDeadlineMs);
    if (inTime) logger.info('worker stopped');
    else logger.warn({ shutdownDeadlineMs }, 'worker stopped before its jobs did: another worker takes them up');
    return inTime ? exitCodes.stopped : exitCodes.deadlinePassed;
  } finally {
    await workers.close(shutdownDeadlineMs);
    await server?.close();
  }
};

/** Closes its views of the queues before the connections that they share. */
const openBoard = async (jobs: JobBackend, logger: Logger, options: NonNullable<Work['board']>) => {
  const queues = queueNames.map((name) => jobs.openView(name));
  const board = await startBoard({ ...options, queues, logger, askServer: createAskServer(options) });
  return {
    close: async () => {
      await board.close();
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
};

const listenTo =
  (url: string, logger: Logger): WakeUps =>
  (wake) =>
    openListener({
      url,
      channels: ['latchkey_outbox'],
      onNotify: wake,
      onLost: createOutageLog(logger, 'wake-ups'),
    });
