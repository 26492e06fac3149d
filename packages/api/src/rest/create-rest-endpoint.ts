import { LatchkeyError } from '@latchkey/core/errors';
import { callTRPCProcedure } from '@trpc/server';
import type { Request, RequestHandler, Response } from 'express';
import type { ApiContext, CallOrigin } from '../context.ts';
import type { ApiDeps } from '../deps.ts';
import { answerRefusal } from '../http/answer-refusal.ts';
import { identify } from '../http/identify.ts';
import type { Principal } from '../principal.ts';
import { clearSessionCookie } from '../session/session-cookie.ts';
import type { SignInMethod } from '../session/sign-in-method.ts';
import { faultOf } from '../trpc/fault.ts';
import type { AppRouter } from '../trpc/router.ts';
import type { ProcedureMeta } from '../trpc/trpc.ts';
import { answerData, answerFault } from './answer-rest.ts';
import { matchRoute } from './match-route.ts';
import { createOpenApiDocument } from './openapi.ts';
import { createInputReader } from './read-input.ts';
import type { ProcedurePath } from './routes.ts';

/**
 * `/api`: the procedures of the router as JSON over REST. The same credential, the same requirement, schemas and limits:
 * each call runs the very procedure that tRPC runs, so what is shown of one holds for the other.
 */
export const createRestEndpoint = (options: {
  readonly deps: ApiDeps;
  readonly router: AppRouter;
  readonly signIn: SignInMethod;
  readonly originOf: (request: Request) => CallOrigin;
}): RequestHandler => {
  const { deps, router, signIn, originOf } = options;
  const readInput = createInputReader();
  const openApi = createOpenApiDocument(router, deps.settings.publicUrl);

  const answer = async (request: Request, response: Response): Promise<void> => {
    const call = originOf(request);
    const path = request.path.startsWith('/v1/') ? request.path.slice(3) : null;
    // It says what anybody may read in the source, and tools ask for it before they have a credential.
    if (path === '/openapi.json' && (request.method === 'GET' || request.method === 'HEAD')) {
      response.set({ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-cache' }).end(openApi());
      return;
    }
    const who = await identify(deps, signIn, request, call);
    if (!who.ok) return answerRefusal(request, response, who);
    const match = path === null ? ({ type: 'none' } as const) : matchRoute(request.method, path);
    // DEFAULT-DENY: who has no good credential doesn't even learn which paths there are, and nothing of its body is read.
    if (who.principal === null && !(match.type === 'found' && isPublic(router, match.name))) {
      return answerRefusal(request, response, NOBODY);
    }
    if (match.type === 'none') throw new LatchkeyError('NOT_FOUND');
    if (match.type === 'other-method') {
      response.set('Allow', match.allow.join(', '));
      throw new LatchkeyError('METHOD_NOT_ALLOWED', { allow: match.allow });
    }
    refuseForm(request, who.principal);
    const input = await readInput(request, match.name, match.fields);
    const context: ApiContext = {
      deps,
      principal: who.principal,
      call,
      clearSession: () => clearSessionCookie(response),
    };
    answerData(response, await callProcedure(router, match.name, context, input));
  };

  return async (request, response) => {
    try {
      await answer(request, response);
    } catch (error) {
      const { requestId } = originOf(request);
      const fault = faultOf(error, requestId);
      if (fault.code === 'INTERNAL' && !(fault === error)) {
        deps.logger.error({ requestId, err: fault.cause }, 'request failed');
      }
      // The caller left in the middle of its body: there is nobody to answer.
      if (response.headersSent || response.destroyed) return;
      // What is left of the body is not read: the connection ends with this answer.
      if (fault.code === 'BODY_TOO_LARGE') response.set('Connection', 'close');
      answerFault(request, response, fault);
    }
  };
};

const NOBODY = { code: 'UNAUTHORIZED', refused: 'no_credential', endSession: false } as const;

interface Procedure {
  readonly _def: { readonly type: 'query' | 'mutation' | 'subscription'; readonly meta?: ProcedureMeta };
}

/** The router's own list of its procedures, which tRPC types as less than it is. */
const proceduresOf = (router: AppRouter) => router._def.procedures as unknown as Readonly<Record<string, Procedure>>;

const isPublic = (router: AppRouter, name: ProcedurePath): boolean =>
  proceduresOf(router)[name]?._def.meta?.requirement.type === 'public';

const callProcedure = (router: AppRouter, name: ProcedurePath, ctx: ApiContext, input: unknown): Promise<unknown> =>
  callTRPCProcedure({
    router,
    path: name,
    getRawInput: async () => input,
    ctx,
    type: proceduresOf(router)[name]?._def.type ?? 'query',
    signal: undefined,
    batchIndex: 0,
  });

/**
 * A member's cookie goes with every call that a page makes. A page of somebody else's can send a form, or nothing, without
 * asking first; it can't send JSON. `identify` has looked at where the call comes from; this is the other half.
 */
const refuseForm = (request: Request, principal: Principal | null): void => {
  if (principal?.type !== 'member' || request.method === 'GET' || request.method === 'HEAD') return;
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new LatchkeyError('UNSUPPORTED_MEDIA_TYPE');
  }
};
