import type { IncomingMessage, ServerResponse } from 'node:http';
import { HostUnavailable } from '@latchkey/core';
import { StoreUnavailable } from '@latchkey/store';
import { Router } from 'express';
import type { CallOrigin } from '../../context.ts';
import type { ApiDeps } from '../../deps.ts';
import type { WritePlainAnswer } from '../../http/plain-answer.ts';
import { authenticateClient, type ClientCredential, findClientCredential, refuseClient } from './client-credential.ts';
import { introspect } from './introspect.ts';
import { authorizationServerMetadata } from './metadata.ts';
import { type OAuthAnswer, oauthError, toPlainAnswer, UNAVAILABLE } from './oauth-answer.ts';
import { readForm } from './read-form.ts';
import { type Endings, revokePresented } from './revoke.ts';

type Presented = Exclude<ClientCredential, { readonly type: 'refused' }>;
type Endpoint = (credential: Presented, fields: ReadonlyMap<string, string>, call: CallOrigin) => Promise<OAuthAnswer>;

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface OAuthEndpoints {
  /** Introspection by itself: what resource servers call for each request of theirs. */
  readonly introspect: Handler;
  readonly router: Router;
}

/** RFC 7662 introspection, RFC 7009 revocation, and the RFC 8414 metadata that lead to them. */
export const createOAuthEndpoints = (
  deps: ApiDeps,
  originOf: (request: IncomingMessage) => CallOrigin,
  write: WritePlainAnswer,
): OAuthEndpoints => {
  const router = Router({ caseSensitive: true });
  const endings: Endings = new Map();
  const metadata = authorizationServerMetadata(deps.settings.publicUrl);
  router.get('/.well-known/oauth-authorization-server', (_request, response) => {
    response.set('Cache-Control', 'public, max-age=3600').json(metadata);
  });

  const endpoint = (client: 'required' | 'optional', work: Endpoint): Handler => {
    const answerTo = async (request: IncomingMessage): Promise<OAuthAnswer> => {
      if (request.method !== 'POST') return oauthError(405, 'invalid_request', 'Send a POST.', { allow: 'POST' });
      const credential = findClientCredential(request);
      if (credential.type === 'refused') return credential.answer;
      if (credential.type === 'none' && client === 'required') return refuseClient(credential);
      const form = await readForm(request);
      if (!form.ok) return form.answer;
      // In a body it would be written into more logs than in a header.
      if (SECRETS.some((name) => form.fields.has(name))) return SECRET_IN_BODY;
      return work(credential, form.fields, originOf(request));
    };
    return async (request, response) => {
      const { requestId } = originOf(request);
      try {
        write(response, requestId, toPlainAnswer(await answerTo(request)));
      } catch (error) {
        // FAIL-CLOSED: an outage is not "inactive", and no revocation that may not have happened.
        const isOutage = error instanceof StoreUnavailable || error instanceof HostUnavailable;
        if (!isOutage) deps.logger.error({ requestId, err: error }, 'request failed');
        const answer = isOutage ? UNAVAILABLE : oauthError(500, 'server_error');
        if (!response.headersSent) write(response, requestId, toPlainAnswer(answer));
      }
    };
  };

  const introspection = endpoint('required', async (credential, fields, call) => {
    const principal = credential.type === 'none' ? null : await authenticateClient(deps, credential, call);
    if (principal === null) return refuseClient(credential);
    if (principal.type !== 'credential' || principal.credential.role !== 'verifier') return NO_VERIFIER;
    if (!fields.has('token')) return NO_TOKEN;
    return { status: 200, body: await introspect(deps, { principal, call }, fields) };
  });
  router.all('/oauth/introspect', introspection);
  router.all(
    '/oauth/revoke',
    endpoint('optional', async (credential, fields, call) => {
      const token = fields.get('token');
      return token === undefined ? NO_TOKEN : revokePresented(deps, endings, credential, token, call);
    }),
  );
  return { introspect: introspection, router };
};

const SECRETS = ['client_secret', 'client_assertion'];
const SECRET_IN_BODY = oauthError(
  400,
  'invalid_request',
  'Send the credential in the Authorization header: client_secret_basic, or Bearer.',
);

const NO_TOKEN = oauthError(400, 'invalid_request', 'There is no parameter "token".');

/** An organization's token is good for many things, and looking at other tokens is none of them. */
const NO_VERIFIER = oauthError(403, 'insufficient_scope', 'This takes a verifier credential.', {
  'www-authenticate': 'Bearer error="insufficient_scope"',
});
