import { type RefusalCase, refusalOf } from '@latchkey/contract';
import type { ErrorCode } from '@latchkey/core/errors';
import type { Request, Response } from 'express';
import { clearSessionCookie } from '../session/session-cookie.ts';
import { answerError } from './answer-error.ts';

/** TOKENS's table "what a caller gets"; what isn't in it, such as too many headers, is a plain error of ours. */
export const answerRefusal = (
  request: Request,
  response: Response,
  refusal: { readonly code: ErrorCode; readonly refused: RefusalCase; readonly endSession: boolean },
): void => {
  if (refusal.endSession) clearSessionCookie(response);
  if (refusal.code === 'HEADERS_TOO_LARGE') {
    answerError(request, response, refusal.code);
    return;
  }
  const { status, headers, body } = refusalOf(refusal.refused, { accept: request.headers.accept });
  response.status(status).set(headers).end(body);
};
