import type { RequestListener } from 'node:http';
import { openListener } from '@latchkey/store';
import express from 'express';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { findConsole } from './commands/find-console.ts';
import { listen } from './commands/listen.ts';
import { addressOf, openDeps, requireMigrated } from './commands/open-deps.ts';
import type { ServerEnv } from './env.ts';
import { type MetricsServer, serveMetrics } from './http/serve-metrics.ts';
import { createLatchkey, type Latchkey } from './server/create-latchkey.ts';
import { startTracing } from './tracing/start-tracing.ts';
import type { ListenForChanges } from './verifying/follow-feed.ts';

export interface MainDeps {
  readonly env: ServerEnv;
  readonly logger: Logger;
  /** Resolves with what asked for the end, such as `SIGTERM`. */
  readonly untilStopped: Promise<string>;
}

const SHUTDOWN_DEADLINE_MS = 10_000;

/** The server's whole life: Latchkey mounted in an application of its own. Resolves once everything is closed. */
export const main = async ({ env, logger, untilStopped }: MainDeps): Promise<void> => {
  const tracing = env.otlpEndpoint === null ? null : await startTracing(env.otlpEndpoint, 'latchkey-server');
  const { deps, close } = await openDeps(env, logger);
  try {
    await requireMigrated(deps);
    // The port is taken first, for it may be the system's choice and the public URL has it.
    let serve: RequestListener = notYet;
    const server = await listen((request, response) => serve(request, response), env);
    const url = env.publicUrl ?? addressOf(env.host, server.port);
    const latchkey = await createLatchkey({
      ...deps,
      settings: { ...deps.settings, publicUrl: url },
      authenticateMember: env.signIn === 'links' ? 'links' : null,
      consoleFolder: env.consoleFolder ?? findConsole(),
      listenForChanges: listenForChanges(env, logger),
      verification: {
        maxEntries: env.verifierEntryCount,
        maxBytes: env.verifierMegabytes * 1_048_576,
        maxAgeMs: env.verifierAgeSeconds * 1_000,
        maxRegistrations: env.verifierRegistrationCount,
      },
    });
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    app.use(latchkey.express());
    serve = (request, response) => {
      if (!latchkey.answerVerification(request, response)) app(request, response);
    };
    const metrics = env.metricsPort === null ? null : await openMetrics(latchkey, env.host, env.metricsPort);
    logger.info(
      { url, host: env.host, port: server.port, metricsPort: metrics?.port, production: env.production },
      'listening',
    );
    if (!env.production) {
      logger.warn('This is the development default: for this machine only, with keys beside the data.');
    }
    logger.info({ because: await untilStopped }, 'stopping');
    await metrics?.close();
    await latchkey.close();
    const inTime = await server.close(SHUTDOWN_DEADLINE_MS);
    logger.info({ inTime }, 'stopped');
  } finally {
    await close();
    await tracing?.stop();
  }
};

/** The process's own metrics, which are the host's where Latchkey is a part of another program, and Latchkey's. */
const openMetrics = (latchkey: Pick<Latchkey, 'metrics'>, host: string, port: number): Promise<MetricsServer> => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'latchkey_server_' });
  const { contentType } = latchkey.metrics;
  const text = async () => `${await registry.metrics()}\n${await latchkey.metrics.text()}`;
  return serveMetrics({ contentType, text }, { host, port });
};

/** Whoever calls in the moment between the port and the application. */
const notYet: RequestListener = (_request, response) => {
  response.writeHead(503, { 'Retry-After': '1', 'Cache-Control': 'no-store' }).end();
};

/** Past a pooler where there is a way: LISTEN belongs to a session. */
const listenForChanges =
  (env: ServerEnv, logger: Logger): ListenForChanges =>
  (onWake) =>
    openListener({
      // `openDeps` has seen to it that there is one.
      url: env.databaseDirectUrl ?? env.databaseUrl ?? '',
      channels: ['latchkey_change'],
      onNotify: onWake,
      onLost: (error) => logger.warn({ err: error }, 'changes are heard of by polls only, until LISTEN works again'),
    });
