import { redactTokens } from '@latchkey/core/token';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { CallOrigin } from '../context.ts';

/**
 * One line for each HTTP request. Of the URL the path alone: the query may hold a sign-in link or an input, and a path
 * may hold whatever somebody pasted (SECRET-ONCE). No header is logged.
 */
export const logRequests =
  (logger: Logger, originOf: (request: Request) => CallOrigin): RequestHandler =>
  (request, response, next) => {
    const startedAt = performance.now();
    const { requestId, address } = originOf(request);
    response.setHeader('Latchkey-Request-Id', requestId);
    response.once('close', () => {
      logger.info(
        {
          requestId,
          address,
          method: request.method,
          path: pathOf(request.originalUrl),
          status: response.statusCode,
          // The caller left before the answer was out.
          ...(response.writableFinished ? {} : { aborted: true }),
          durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
        },
        'request',
      );
    });
    next();
  };

const MAX_PATH_LENGTH = 512;

const pathOf = (url: string): string => redactTokens((url.split('?', 1)[0] ?? '').slice(0, MAX_PATH_LENGTH));
