import { type RefusalCase, refusalOf } from '@latchkey/contract';
import { type ErrorCode, LatchkeyError } from '@latchkey/core/errors';
import { type Request, type Response, Router } from 'express';
import type { ApiDeps } from '../deps.ts';
import { clearSessionCookie } from '../session/session-cookie.ts';
import type { SignInMethod } from '../session/sign-in-method.ts';
import { createForwardAuth } from '../standards/forward-auth/create-forward-auth.ts';
import { createOAuthRouter } from '../standards/oauth/create-oauth-router.ts';
import type { AppRouter } from '../trpc/router.ts';
import { answerError } from './answer-error.ts';
import { createCallOrigins } from './call-origin.ts';
import { createConsolePages } from './console-pages.ts';
import { createErrorHandler } from './handle-error.ts';
import { identify } from './identify.ts';
import { logRequests } from './log-requests.ts';
import { createReadyz, livez } from './probes.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { createSignInAsEndpoint } from './sign-in-as-endpoint.ts';
import { createSignInEndpoint } from './sign-in-endpoint.ts';
import { createTrpcEndpoint } from './trpc-endpoint.ts';

export interface HttpRouterOptions {
  readonly deps: ApiDeps;
  readonly router: AppRouter;
  readonly signIn: SignInMethod;
  /** Folder of the console's built pages; `null` for none. */
  readonly consoleFolder: string | null;
  readonly isClosing: () => boolean;
}

/**
 * All of Latchkey over HTTP, to be mounted at any path of any application: every path below is answered here, every
 * error ends here, and nothing is added to what the application itself does.
 */
export const createHttpRouter = (options: HttpRouterOptions): Router => {
  const { deps, signIn } = options;
  const originOf = createCallOrigins(deps.settings.trustedProxyCount);
  const isHttps = deps.settings.publicUrl.startsWith('https:');
  const router = Router({ strict: false, caseSensitive: true });

  router.use((_request, response, next) => {
    setSecurityHeaders(response, isHttps);
    next();
  });
  router.use(logRequests(deps.logger, originOf));
  router.get('/livez', livez);
  router.get('/readyz', createReadyz(deps, options.isClosing));
  if (signIn.type === 'links') router.all('/sign-in', createSignInEndpoint(deps, originOf));
  if (signIn.type === 'links' && deps.settings.demo === true) {
    router.all('/sign-in-as', createSignInAsEndpoint(deps, originOf));
  }
  router.use(createOAuthRouter(deps, originOf));
  router.use('/forward-auth', createForwardAuth(deps, originOf));
  router.use('/trpc', createTrpcEndpoint({ deps, router: options.router, signIn, originOf }));

  // DEFAULT-DENY: the REST face has no paths yet, and who has no good credential doesn't even learn that.
  router.use('/api', async (request, response, next) => {
    const who = await identify(deps, signIn, request, originOf(request));
    if (!who.ok) return answerRefusal(request, response, who);
    if (who.principal === null) return answerRefusal(request, response, NOBODY);
    next(new LatchkeyError('NOT_FOUND'));
  });

  router.use(createConsolePages(options.consoleFolder));
  router.use((request, response) => answerError(request, response, 'NOT_FOUND'));
  router.use(createErrorHandler(deps.logger, originOf));
  return router;
};

const NOBODY = { code: 'UNAUTHORIZED', refused: 'no_credential', endSession: false } as const;

/** TOKENS's table "what a caller gets"; what isn't in it, such as too many headers, is a plain error of ours. */
const answerRefusal = (
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
