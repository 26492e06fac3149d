import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Queue } from 'bullmq';
import express, { type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { BoardVisitor } from './ask-server.ts';

/** Where the board is on its port, and behind the console's address. */
export const boardPath = '/jobs';

export type BoardOptions = {
  readonly queues: readonly Queue[];
  readonly askServer: (cookie: string | undefined) => Promise<BoardVisitor>;
  /** Where people sign in. */
  readonly publicUrl: string;
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
};

export interface Board {
  readonly port: number;
  close(): Promise<void>;
}

const REFUSALS = {
  nobody: [401, 'Sign in to the console first.'],
  forbidden: [403, 'Only administrators of the organization that runs this installation see its jobs.'],
  unknown: [503, 'Nobody can tell who you are at the moment.'],
} as const satisfies Record<Exclude<BoardVisitor, 'allowed'>, readonly [number, string]>;

/**
 * Bull Board, to look at and not to touch: what was given up is requeued by `latchkey-worker requeue`, which an operator's
 * shell has and a browser hasn't. Every request, also one for a script, is asked of the server first.
 */
export const startBoard = async (options: BoardOptions): Promise<Board> => {
  const { queues, askServer, publicUrl, host, port, logger } = options;
  const adapter = new ExpressAdapter().setBasePath(boardPath);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false })),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Latchkey jobs', hideRedisDetails: true } },
  });

  const guard: RequestHandler = async (request, response, next) => {
    response.set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.status(405).type('text/plain').send('Nothing can be changed here.');
      return;
    }
    const visitor = await askServer(request.headers.cookie);
    if (visitor === 'allowed') return next();
    if (visitor === 'nobody' && request.accepts('html') && request.path === '/') return response.redirect(publicUrl);
    const [status, sentence] = REFUSALS[visitor];
    response.status(status).type('text/plain').send(sentence);
  };

  const app = express();
  app.disable('x-powered-by');
  app.use(boardPath, guard, adapter.getRouter() as RequestHandler);
  app.use((_request, response) => void response.status(404).type('text/plain').send('Not found.'));
  const server = await new Promise<Server>((resolve, reject) => {
    const opened = app.listen(port, host, (error) => (error ? reject(error) : resolve(opened)));
  });
  const bound = (server.address() as AddressInfo).port;
  logger.info({ port: bound, path: boardPath }, 'board served');
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
