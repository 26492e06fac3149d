import { Router } from 'express';
import type { ApiDeps } from '../deps.ts';
import { createRestEndpoint } from '../rest/create-rest-endpoint.ts';
import type { SignInMethod } from '../session/sign-in-method.ts';
import { createForwardAuth } from '../standards/forward-auth/create-forward-auth.ts';
import { createOAuthEndpoints } from '../standards/oauth/create-oauth-router.ts';
import { traceRequests } from '../tracing/trace-requests.ts';
import type { AppRouter } from '../trpc/router.ts';
import { answerError } from './answer-error.ts';
import { createCallOrigins } from './call-origin.ts';
import { createConsolePages } from './console-pages.ts';
import { createErrorHandler } from './handle-error.ts';
import { createRequestLog } from './log-requests.ts';
import { createPlainAnswers } from './plain-answer.ts';
import { createPlainEndpoints } from './plain-endpoints.ts';
import { createReadyz, livez } from './probes.ts';
import { securityHeaders, setSecurityHeaders } from './security-headers.ts';
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

  const log = createRequestLog(deps.logger, originOf);
  const write = createPlainAnswers(isHttps);
  const oauth = createOAuthEndpoints(deps, originOf, write);
  const forwardAuth = createForwardAuth(deps, originOf, write);
  const headers = securityHeaders(isHttps);

  router.use(createPlainEndpoints({ forwardAuth, introspect: oauth.introspect, log }));
  router.use(traceRequests);
  router.use((request, response, next) => {
    setSecurityHeaders(response, headers);
    response.setHeader('Latchkey-Request-Id', originOf(request).requestId);
    log(request, response);
    next();
  });
  router.get('/livez', livez);
  router.get('/readyz', createReadyz(deps, options.isClosing));
  if (signIn.type === 'links') router.all('/sign-in', createSignInEndpoint(deps, originOf));
  if (signIn.type === 'links' && deps.settings.demo === true) {
    router.all('/sign-in-as', createSignInAsEndpoint(deps, originOf));
  }
  router.use(oauth.router);
  router.use('/forward-auth', forwardAuth);
  router.use('/trpc', createTrpcEndpoint({ deps, router: options.router, signIn, originOf }));

  router.use('/api', createRestEndpoint({ deps, router: options.router, signIn, originOf }));

  router.use(createConsolePages(options.consoleFolder));
  router.use((request, response) => answerError(request, response, 'NOT_FOUND'));
  router.use(createErrorHandler(deps.logger, originOf));
  return router;
};
