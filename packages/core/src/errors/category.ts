import type { ErrorCode } from './code.ts';
import { type PublicError, publicErrorOf } from './public-error.ts';

/** One name for each HTTP status. 431 has none of its own in tRPC: the caller sent something bad. */
const categories = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  431: 'BAD_REQUEST',
  500: 'INTERNAL_SERVER_ERROR',
  501: 'NOT_IMPLEMENTED',
  503: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<PublicError['httpStatus'], string>;

/** The names that tRPC gives to classes of errors; plain text, so that core needs no server. */
export type ErrorCategory = (typeof categories)[keyof typeof categories];

export const categoryOf = (code: ErrorCode): ErrorCategory => categories[publicErrorOf(code).httpStatus];
