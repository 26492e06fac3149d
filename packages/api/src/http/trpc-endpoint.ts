import { LatchkeyError, publicErrorOf } from '@latchkey/core/errors';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import type { Request, Response } from 'express';
import type { CallOrigin } from '../context.ts';
import type { ApiDeps } from '../deps.ts';
import { clearSessionCookie } from '../session/session-cookie.ts';
import type { SignInMethod } from '../session/sign-in-method.ts';
import { faultOf } from '../trpc/fault.ts';
import type { AppRouter } from '../trpc/router.ts';
import { identify } from './identify.ts';
import { MAX_BODY_BYTES, readJsonBody } from './read-json-body.ts';
import { challenge, contextFor, headersFor, RETRY_AFTER_SECONDS, shapeOfRefusal } from './trpc-answers.ts';

const MAX_BATCH_SIZE = 20;

/**
 * The typed API over HTTP. Everything that an HTTP request can be refused for is refused here, in tRPC's shape, before
 * tRPC sees it: a credential first, then the method, the batch and the body.
 */
export const createTrpcEndpoint = (options: {
  readonly deps: ApiDeps;
  readonly router: AppRouter;
  readonly signIn: SignInMethod;
  readonly originOf: (request: Request) => CallOrigin;
}) => {
  const { deps, router, signIn } = options;

  const refuse = (response: Response, error: LatchkeyError): void => {
    response.status(publicErrorOf(error.code).httpStatus).set('Content-Type', 'application/json');
    response.end(JSON.stringify({ error: shapeOfRefusal(router, error) }));
  };

  return async (request: Request, response: Response): Promise<void> => {
    response.set('Cache-Control', 'no-store');
    const call = options.originOf(request);
    try {
      const who = await identify(deps, signIn, request, call);
      if (!who.ok) {
        response.set(challenge(who.refused));
        if (who.endSession) clearSessionCookie(response);
        return refuse(response, new LatchkeyError(who.code, { retryAfterSeconds: RETRY_AFTER_SECONDS }));
      }
      const refused = await takeBody(request);
      if (refused !== null) {
        if (refused.code === 'METHOD_NOT_ALLOWED') response.set('Allow', 'GET, POST');
        // What is left of the body is not read: the connection ends with this answer.
        if (refused.code === 'BODY_TOO_LARGE') response.set('Connection', 'close');
        return refuse(response, refused);
      }
      const context = contextFor(deps, response, { principal: who.principal, call });
      // Not awaited: its promise hangs for ever where the caller leaves before the answer.
      void nodeHTTPRequestHandler({
        router,
        req: request,
        res: response,
        path: request.path.slice(1),
        maxBatchSize: MAX_BATCH_SIZE,
        createContext: async () => context,
        responseMeta: ({ errors }) => ({ headers: headersFor(errors, context) }),
      });
    } catch (error) {
      const fault = faultOf(error, call.requestId);
      if (fault.code === 'INTERNAL') deps.logger.error({ requestId: call.requestId, err: error }, 'request failed');
      // The caller left in the middle of its body: there is nobody to answer.
      if (response.headersSent || response.destroyed) return;
      refuse(response, fault);
    }
  };
};

/** Puts the text of the body where tRPC looks for it, or says why it may not be put there. */
const takeBody = async (request: Request): Promise<LatchkeyError | null> => {
  if (request.method !== 'GET' && request.method !== 'POST') {
    return new LatchkeyError('METHOD_NOT_ALLOWED', { allow: ['GET', 'POST'] });
  }
  const batchSize = request.query['batch'] === undefined ? 1 : request.path.split(',').length;
  if (batchSize > MAX_BATCH_SIZE) return new LatchkeyError('BATCH_TOO_LARGE', { limit: MAX_BATCH_SIZE });
  if (request.method === 'GET') {
    return isJsonOrAbsent(request.query['input']) ? null : new LatchkeyError('BAD_JSON');
  }
  const body = await readJsonBody(request);
  if (!body.ok) return new LatchkeyError(body.code, { limitBytes: MAX_BODY_BYTES });
  request.body = body.text;
  return null;
};

const isJsonOrAbsent = (input: unknown): boolean => {
  if (input === undefined || input === '') return true;
  try {
    return typeof input === 'string' && JSON.parse(input) !== undefined;
  } catch {
    return false;
  }
};
