import type { IncomingMessage, ServerResponse } from 'node:http';
import { redactTokens } from '@latchkey/core/token';
import type { Logger } from 'pino';
import type { CallOrigin } from '../context.ts';
import type { MountedRequest } from './verification-endpoints.ts';

/**
 * One line for each HTTP request: at `debug` for a verification that was answered, of which there may be thousands a second,
 * and at `info` for everything else. Of the URL the path alone: the query may hold a sign-in link or an input, and a path
 * may hold whatever somebody pasted (SECRET-ONCE). No header is logged.
 */
export const createRequestLog =
  (logger: Logger, originOf: (request: IncomingMessage) => CallOrigin) =>
  (request: MountedRequest, response: ServerResponse): void => {
    const startedAt = performance.now();
    const { requestId, address } = originOf(request);
    const url = request.originalUrl ?? request.url ?? '';
    response.once('close', () => {
      const level = response.statusCode < 500 && isVerification(url) ? 'debug' : 'info';
      if (!logger.isLevelEnabled(level)) return;
      logger[level](
        {
          requestId,
          address,
          method: request.method,
          path: pathOf(url),
          status: response.statusCode,
          // The caller left before the answer was out.
          ...(response.writableFinished ? {} : { aborted: true }),
          durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
        },
        'request',
      );
    });
  };

const isVerification = (url: string): boolean => VERIFICATIONS.test(url);

/** Wherever Latchkey is mounted. */
const VERIFICATIONS = /\/(?:forward-auth(?=[/?]|$)|oauth\/introspect(?=\?|$)|trpc\/verify\.\w+(?=\?|$))/;

const MAX_PATH_LENGTH = 512;

const pathOf = (url: string): string => redactTokens((url.split('?', 1)[0] ?? '').slice(0, MAX_PATH_LENGTH));
