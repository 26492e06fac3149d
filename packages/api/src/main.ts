import express from 'express';
import type { Logger } from 'pino';
import { listen } from './commands/listen.ts';
import { openDeps, requireMigrated } from './commands/open-deps.ts';
import type { ServerEnv } from './env.ts';
import { createLatchkey } from './server/create-latchkey.ts';

export interface MainDeps {
  readonly env: ServerEnv;
  readonly logger: Logger;
  /** Resolves with what asked for the end, such as `SIGTERM`. */
  readonly untilStopped: Promise<string>;
}

const SHUTDOWN_DEADLINE_MS = 10_000;

/** The server's whole life: Latchkey mounted in an application of its own. Resolves once everything is closed. */
export const main = async ({ env, logger, untilStopped }: MainDeps): Promise<void> => {
  const { deps, close } = await openDeps(env, logger);
  try {
    await requireMigrated(deps);
    const latchkey = await createLatchkey({
      ...deps,
      authenticateMember: env.signIn === 'links' ? 'links' : null,
      consoleFolder: env.consoleFolder,
    });
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    app.use(latchkey.express());
    const server = await listen(app, env);
    const url = deps.settings.publicUrl;
    logger.info({ url, host: env.host, port: server.port, production: env.production }, 'listening');
    if (!env.production) {
      logger.warn('This is the development default: for this machine only, with keys beside the data.');
    }
    logger.info({ because: await untilStopped }, 'stopping');
    await latchkey.close();
    const inTime = await server.close(SHUTDOWN_DEADLINE_MS);
    logger.info({ inTime }, 'stopped');
  } finally {
    await close();
  }
};
