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
import { createReadyz, livez } from './probes.ts';
import { securityHeaders, setSecurityHeaders } from './security-headers.ts';
import { createSignInAsEndpoint } from './sign-in-as-endpoint.ts';
import { createSignInEndpoint } from './sign-in-endpoint.ts';
import { createTrpcEndpoint } from './trpc-endpoint.ts';
import { type Answer, createVerificationEndpoints } from './verification-endpoints.ts';
import { createVerifyCalls } from './verify-calls.ts';

export interface HttpOptions {
  readonly deps: ApiDeps;
  readonly router: AppRouter;
  readonly signIn: SignInMethod;
  /** Folder of the console's built pages; `null` for none. */
  readonly consoleFolder: string | null;
  readonly isClosing: () => boolean;
}

/** Latchkey over HTTP. */
export interface Http {
  /** Verifications, which may come before any framework. */
  readonly answer: Answer;
  /**
   * All of it, to be mounted at any path of any application: every path below is answered there, every error ends there,
   * and nothing is added to what the application itself does.
   */
  readonly createRouter: () => Router;
}

export const createHttp = (options: HttpOptions): Http => {
  const { deps, signIn, router: procedures } = options;
  const originOf = createCallOrigins(deps.settings.trustedProxyCount);
  const isHttps = deps.settings.publicUrl.startsWith('https:');
  const log = createRequestLog(deps.logger, originOf);
  const write = createPlainAnswers(isHttps);
  const oauth = createOAuthEndpoints(deps, originOf, write);
  const forwardAuth = createForwardAuth(deps, originOf, write);
  const headers = securityHeaders(isHttps);
  const call = createVerifyCalls({ deps, router: procedures, signIn, originOf, write });
  const answer = createVerificationEndpoints({ forwardAuth, introspect: oauth.introspect, call, log });

  const createRouter = (): Router => {
    const router = Router({ strict: false, caseSensitive: true });
    router.use((request, response, next) => {
      if (!answer(request, response)) next();
    });
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
    router.use('/forward-auth', (request, response) => forwardAuth(request, response, request));
    router.use('/trpc', createTrpcEndpoint({ deps, router: procedures, signIn, originOf }));

    router.use('/api', createRestEndpoint({ deps, router: procedures, signIn, originOf }));

    router.use(createConsolePages(options.consoleFolder));
    router.use((request, response) => answerError(request, response, 'NOT_FOUND'));
    router.use(createErrorHandler(deps.logger, originOf));
    return router;
  };
  return { answer, createRouter };
};
