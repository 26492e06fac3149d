import { publicErrorOf } from '@latchkey/core/errors';
import type { NextFunction, Request, Response } from 'express';
import type { CallOrigin } from '../context.ts';
import type { ApiDeps } from '../deps.ts';
import { readSessionCookies, setSessionCookie } from '../session/session-cookie.ts';
import { signIn } from '../session/sign-in.ts';
import { createSignInLimit } from '../session/sign-in-limit.ts';
import { createSessionTidying } from '../session/tidy-sessions.ts';
import { answerError } from './answer-error.ts';
import { page } from './page.ts';

/**
 * `GET /sign-in?link=…`: takes a one-time link, sets the cookie and sends the browser to the console; JSON for whoever
 * accepts JSON. HEAD takes nothing: mail gateways and chats look at links before people do.
 */
export const createSignInEndpoint = (deps: ApiDeps, originOf: (request: Request) => CallOrigin) => {
  const limit = createSignInLimit(deps.settings.signInAttempts);
  const tidy = createSessionTidying(deps);
  const consolePath = `${new URL(deps.settings.publicUrl).pathname.replace(/\/+$/, '')}/`;

  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    try {
      response.set('Cache-Control', 'no-store');
      if (request.method === 'HEAD') {
        response.status(200).end();
        return;
      }
      if (request.method !== 'GET') {
        response.set('Allow', 'GET, HEAD');
        answerError(request, response, 'METHOD_NOT_ALLOWED', { allow: ['GET', 'HEAD'] });
        return;
      }
      const call = originOf(request);
      const attempt = await limit.attempt(call.address);
      if (attempt.refused) {
        response.set('Retry-After', String(attempt.retryAfterSeconds));
        answerError(request, response, 'TOO_MANY_REQUESTS', { retryAfterSeconds: attempt.retryAfterSeconds });
        return;
      }
      const [formerSecret = null] = readSessionCookies(request.headers.cookie);
      const result = await signIn(deps, { link: request.query['link'], formerSecret, call });
      if (!result.signedIn) {
        refuse(request, response);
        return;
      }
      await limit.succeeded(call.address);
      await tidy();
      setSessionCookie(response, result.sessionSecret, deps.settings.sessionAbsoluteMs);
      if (wantsJson(request)) {
        const { organizationId, member } = result;
        response
          .status(200)
          .json({ signedIn: true, organizationId, member: { id: member.memberId, name: member.name } });
        return;
      }
      response.redirect(303, consolePath);
    } catch (error) {
      next(error);
    }
  };
};

/** One answer for unknown, used and expired links: which of them it was is nobody's business who hasn't a good one. */
const refuse = (request: Request, response: Response): void => {
  // RFC 9110, section 15.5.2: a 401 names a scheme.
  response.set('WWW-Authenticate', 'Bearer');
  if (wantsJson(request)) {
    answerError(request, response, 'SIGN_IN_LINK_INVALID');
    return;
  }
  const { httpStatus, message } = publicErrorOf('SIGN_IN_LINK_INVALID');
  response.status(httpStatus).type('html').send(page('This link signs nobody in', message));
};

const wantsJson = (request: Request): boolean =>
  request.accepts(['html', 'json', 'application/problem+json']) !== 'html';
