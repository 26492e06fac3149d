import { type ErrorCode, LatchkeyError } from '@latchkey/core/errors';
import type { ErrorRequestHandler, Request } from 'express';
import type { Logger } from 'pino';
import type { CallOrigin } from '../context.ts';
import { faultOf } from '../trpc/fault.ts';
import { answerError } from './answer-error.ts';

/** The last stop of every error of ours: the host's own handlers never see one, and no caller sees a stack. */
export const createErrorHandler =
  (logger: Logger, originOf: (request: Request) => CallOrigin): ErrorRequestHandler =>
  (error, request, response, _next) => {
    const { requestId } = originOf(request);
    const code = codeOfExpress(error);
    const fault = code === null ? faultOf(error, requestId) : new LatchkeyError(code, {}, error);
    if (fault.code === 'INTERNAL') logger.error({ requestId, err: error }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    answerError(request, response, fault.code, fault.details);
  };

/** Express and its file server refuse with errors that carry a status: a path that can't be decoded, or a dot file. */
const codeOfExpress = (error: unknown): ErrorCode | null => {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 0;
  if (status === 403 || status === 404) return 'NOT_FOUND';
  return status >= 400 && status < 500 ? 'BAD_INPUT' : null;
};
