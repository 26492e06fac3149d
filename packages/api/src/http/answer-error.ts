import { type ErrorCode, type ErrorDetails, LatchkeyError, publicErrorOf } from '@latchkey/core/errors';
import type { Request, Response } from 'express';

/**
 * The answer to an HTTP request that no credential was refused for, outside tRPC: code, public sentence and listed
 * details, as JSON or, on `Accept`, as `application/problem+json` (RFC 9457). No stack, no cause (ALLOW-LISTED-OUTPUT).
 */
export const answerError = (
  request: Request,
  response: Response,
  code: ErrorCode,
  details: ErrorDetails = {},
): void => {
  const { httpStatus, message } = publicErrorOf(code);
  const listed = new LatchkeyError(code, details).details;
  const extra = Object.keys(listed).length === 0 ? {} : { details: listed };
  response.status(httpStatus).set('Cache-Control', 'no-store');
  if (request.headers.accept?.includes('application/problem+json')) {
    response.set('Content-Type', 'application/problem+json');
    response.end(JSON.stringify({ type: 'about:blank', title: message, status: httpStatus, code, ...extra }));
    return;
  }
  response.set('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify({ error: { code, message, ...extra } }));
};
