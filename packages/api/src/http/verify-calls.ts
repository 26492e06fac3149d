import type { IncomingMessage, ServerResponse } from 'node:http';
import { LatchkeyError, publicErrorOf } from '@latchkey/core/errors';
import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape } from '@trpc/server';
import type { CallOrigin } from '../context.ts';
import type { ApiDeps } from '../deps.ts';
import { clearSessionCookie } from '../session/session-cookie.ts';
import type { SignInMethod } from '../session/sign-in-method.ts';
import { faultOf } from '../trpc/fault.ts';
import type { AppRouter } from '../trpc/router.ts';
import { identify } from './identify.ts';
import type { PlainAnswer, WritePlainAnswer } from './plain-answer.ts';
import { MAX_BODY_BYTES, readJsonBody } from './read-json-body.ts';
import { challenge, contextFor, headersFor, RETRY_AFTER_SECONDS, shapeOfRefusal } from './trpc-answers.ts';
import type { VerificationEndpointsOptions } from './verification-endpoints.ts';

/**
 * One call of a mutation, sent by itself, answered as tRPC answers it: the same procedure with all that stands before it,
 * without the adapter that makes a fetch request and answer of each, which costs more than the verification.
 */
export const createVerifyCalls = (options: {
  readonly deps: ApiDeps;
  readonly router: AppRouter;
  readonly signIn: SignInMethod;
  readonly originOf: (request: IncomingMessage) => CallOrigin;
  readonly write: WritePlainAnswer;
}): VerificationEndpointsOptions['call'] => {
  const { deps, router, signIn, originOf, write } = options;

  const refuse = (refusal: LatchkeyError, headers: Readonly<Record<string, string>> = {}): PlainAnswer =>
    jsonAnswer(publicErrorOf(refusal.code).httpStatus, { error: shapeOfRefusal(router, refusal) }, headers);

  const answerTo = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<PlainAnswer> => {
    const origin = originOf(request);
    const who = await identify(deps, signIn, request, origin);
    if (!who.ok) {
      if (who.endSession) clearSessionCookie(response);
      const refusal = new LatchkeyError(who.code, { retryAfterSeconds: RETRY_AFTER_SECONDS });
      return refuse(refusal, challenge(who.refused));
    }
    const body = await readJsonBody(request);
    if (!body.ok) {
      // What is left of the body is not read: the connection ends with this answer.
      const headers: Record<string, string> = body.code === 'BODY_TOO_LARGE' ? { connection: 'close' } : {};
      return refuse(new LatchkeyError(body.code, { limitBytes: MAX_BODY_BYTES }), headers);
    }
    const input: unknown = body.text === '' ? undefined : JSON.parse(body.text);
    const ctx = contextFor(deps, response, { principal: who.principal, call: origin });
    try {
      // None of these procedures waits for anything that could be given up.
      const call = { path, ctx, type: 'mutation' as const, signal: undefined, batchIndex: 0 };
      const data: unknown = await callTRPCProcedure({ ...call, router, getRawInput: async () => input });
      return jsonAnswer(200, { result: { data } });
    } catch (thrown) {
      const error = getTRPCErrorFromUnknown(thrown);
      const shape = getTRPCErrorShape({ config: router._def._config, error, type: 'mutation', path, input, ctx });
      return jsonAnswer(shape.data.httpStatus, { error: shape }, headersFor([error], ctx));
    }
  };

  return async (request, response, path) => {
    const { requestId } = originOf(request);
    try {
      write(response, requestId, await answerTo(request, response, path));
    } catch (error) {
      const fault = faultOf(error, requestId);
      if (fault.code === 'INTERNAL') deps.logger.error({ requestId, err: error }, 'request failed');
      // The caller left in the middle of its body: there is nobody to answer.
      if (!response.headersSent && !response.destroyed) write(response, requestId, refuse(fault));
    }
  };
};

const jsonAnswer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): PlainAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});
