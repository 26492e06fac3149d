import { STATUS_CODES } from 'node:http';
import { type RefusalCase, refusalOf } from '@latchkey/contract';
import { type ErrorCode, type LatchkeyError, publicErrorOf } from '@latchkey/core/errors';
import type { Request, Response } from 'express';

/** The envelope of every answer (TOKENS: what a caller gets). */
export const answerData = (response: Response, data: unknown): void => {
  response.status(200).set({ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify({ success: true, errors: [], data: data ?? null }));
};

/**
 * A refused call: the envelope, or on `Accept` a problem (RFC 9457) that also tells what may be told: the code, a sentence
 * and the listed details (ALLOW-LISTED-OUTPUT). Refusals of a credential are not answered here: they say nothing.
 */
export const answerFault = (request: Request, response: Response, fault: LatchkeyError): void => {
  const { httpStatus: status, message } = publicErrorOf(fault.code);
  const refused = caseOf(fault.code);
  const inTable = refused === null ? null : refusalOf(refused, { ...missingOf(fault) });
  const { 'content-type': _, ...headers } = inTable?.headers ?? {};
  response.status(status).set({ 'Cache-Control': 'no-store', ...headers });
  if (request.headers.accept?.includes('application/problem+json')) {
    const details = Object.keys(fault.details).length === 0 ? {} : { details: fault.details };
    const problem = { type: 'about:blank', title: STATUS_CODES[status], status, detail: message, code: fault.code };
    response.set('Content-Type', 'application/problem+json').end(JSON.stringify({ ...problem, ...details }));
    return;
  }
  const body = inTable?.body ?? JSON.stringify({ success: false, errors: [fault.code], data: null });
  response.set('Content-Type', 'application/json; charset=utf-8').end(body);
};

/** What stands in TOKENS's table has its words there; everything else has its code. */
const caseOf = (code: ErrorCode): RefusalCase | null => {
  switch (code) {
    case 'UNAUTHORIZED':
      return 'invalid_credential';
    case 'FORBIDDEN':
      return 'forbidden';
    case 'NOT_ALLOWED':
      return 'not_allowed';
    case 'TOO_MANY_REQUESTS':
      return 'too_many_requests';
    case 'STORE_UNAVAILABLE':
    case 'HOST_UNAVAILABLE':
      return 'unavailable';
    default:
      return null;
  }
};

const missingOf = ({ details: { action, resource } }: LatchkeyError) =>
  typeof action === 'string' && typeof resource === 'string' ? { missing: { action, resource } } : {};
