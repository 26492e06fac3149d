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
    const fault = faultOf(error, requestId);
    if (fault.code === 'INTERNAL') logger.error({ requestId, err: error }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    answerError(request, response, fault.code, fault.details);
  };
