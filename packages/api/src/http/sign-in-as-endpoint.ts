import type { NextFunction, Request, Response } from 'express';
import { z } from 'zod';
import type { CallOrigin } from '../context.ts';
import type { ApiDeps } from '../deps.ts';
import { readSessionCookies, setSessionCookie } from '../session/session-cookie.ts';
import { signInAs } from '../session/sign-in.ts';
import { describeDemo } from '../system/demo.ts';
import { answerError } from './answer-error.ts';
import { readJsonBody } from './read-json-body.ts';

const inputSchema = z.strictObject({ organizationId: z.string().max(128), memberId: z.string().max(128) });

/**
 * `POST /sign-in-as`, in the demo only: begins a session of the demo's member that the body names.
 *
 * Nobody has proved anything here, so no cookie stands between a foreign page and this: the Origin has to be ours to the
 * letter. `Sec-Fetch-Site` alone would let in a page whose name was pointed at this machine (DNS rebinding).
 */
export const createSignInAsEndpoint =
  (deps: ApiDeps, originOf: (request: Request) => CallOrigin) =>
  async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    try {
      response.set('Cache-Control', 'no-store');
      if (request.method !== 'POST') {
        response.set('Allow', 'POST');
        answerError(request, response, 'METHOD_NOT_ALLOWED', { allow: ['POST'] });
        return;
      }
      if (request.headers.origin !== new URL(deps.settings.publicUrl).origin) {
        answerError(request, response, 'CROSS_SITE');
        return;
      }
      const body = await readJsonBody(request, 4_096);
      if (!body.ok) {
        answerError(request, response, body.code);
        return;
      }
      const asked = inputSchema.safeParse(body.text === '' ? null : JSON.parse(body.text));
      if (!asked.success) {
        answerError(request, response, 'BAD_INPUT');
        return;
      }
      const { signInAs: offered } = await describeDemo(deps);
      const known = offered.some(
        ({ organizationId, memberId }) =>
          organizationId === asked.data.organizationId && memberId === asked.data.memberId,
      );
      const [formerSecret = null] = readSessionCookies(request.headers.cookie);
      const result = known
        ? await signInAs(deps, asked.data, { formerSecret, call: originOf(request) })
        : ({ signedIn: false } as const);
      if (!result.signedIn) {
        answerError(request, response, 'NOT_FOUND');
        return;
      }
      setSessionCookie(response, result.sessionSecret, deps.settings.sessionAbsoluteMs);
      response.status(200).json({ signedIn: true });
    } catch (error) {
      next(error);
    }
  };
