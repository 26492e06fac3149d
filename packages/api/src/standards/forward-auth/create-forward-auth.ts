import type { IncomingMessage } from 'node:http';
import { type RefusalCase, refusalOf } from '@latchkey/contract';
import { HostUnavailable } from '@latchkey/core';
import { findCredential } from '@latchkey/core/token';
import { StoreUnavailable } from '@latchkey/store';
import { authenticateCredential } from '../../authenticate/authenticate-credential.ts';
import type { CallOrigin } from '../../context.ts';
import type { ApiDeps } from '../../deps.ts';
import { forwardedAddressOf } from '../../http/call-origin.ts';
import { MAX_HEADER_LINES } from '../../http/identify.ts';
import type { PlainAnswer, WritePlainAnswer } from '../../http/plain-answer.ts';
import type { Address, VerificationEndpointsOptions } from '../../http/verification-endpoints.ts';
import { decideForToken } from '../../permissions/decide-for.ts';
import type { CredentialPrincipal, TokenPrincipal } from '../../principal.ts';
import { authenticateFor } from '../../verify/authenticate-for.ts';
import { type Demand, readDemands } from './demanded.ts';
import { identityHeaders } from './identity-headers.ts';
import { readTarget } from './target.ts';

type Outcome =
  | { readonly allowed: true; readonly principal: TokenPrincipal }
  | { readonly allowed: false; readonly refused: RefusalCase; readonly missing?: Demand };

/** Where a proxy puts its own verifier credential: `Authorization` is the holder's. */
const VERIFIER_HEADER = 'latchkey-verifier';

/**
 * `/forward-auth`: whether the HTTP request that a proxy holds may go on. 200 with the holder's identity, 401 or 403, for
 * nginx `auth_request`, Traefik's ForwardAuth and Envoy's `ext_authz`; any method.
 *
 * The proxy proves itself by a verifier credential in `Latchkey-Verifier`, and says where the holder calls from as the
 * last entry of `X-Forwarded-For`. What it demands of the holder is said by `readTarget` and `readDemands`.
 */
export const createForwardAuth = (
  deps: ApiDeps,
  originOf: (request: IncomingMessage) => CallOrigin,
  write: WritePlainAnswer,
): VerificationEndpointsOptions['forwardAuth'] => {
  const judge = async (request: IncomingMessage, address: Address): Promise<Outcome> => {
    const proxy = await identifyProxy(deps, request, originOf(request));
    if (proxy === null) return refuse('forbidden');
    if (request.rawHeaders.length / 2 > MAX_HEADER_LINES) return refuse('bad_request');
    const asked = readTarget(address);
    const demands = asked && readDemands(request, asked);
    if (demands === null) return refuse('bad_request');
    const { [VERIFIER_HEADER]: _, ...headers } = request.headersDistinct;
    const found = findCredential({ headers, url: address.originalUrl });
    if (found.type === 'none') return refuse('no_credential');
    if (found.type !== 'found') return refuse('bad_request');

    const by = { principal: proxy, call: originOf(request) };
    const verdict = await authenticateFor(deps, by, {
      presentedToken: found.presentedToken,
      address: forwardedAddressOf(request, deps.settings.trustedProxyCount) ?? undefined,
      client: by.call.client ?? undefined,
    });
    if (!verdict.accepted) return refuse(verdict.status === 401 ? 'invalid_credential' : 'forbidden');
    for (const demand of demands) {
      const decision = decideForToken(deps, verdict.principal, demand);
      if (decision.effect === 'deny') return { allowed: false, refused: 'not_allowed', missing: decision.missing };
    }
    return { allowed: true, principal: verdict.principal };
  };

  return async (request, response, address) => {
    const { requestId } = originOf(request);
    try {
      write(response, requestId, answerOf(request, await judge(request, address)));
    } catch (error) {
      // FAIL-CLOSED: an outage is not "come in", and no fault of the holder's either.
      if (!(error instanceof StoreUnavailable || error instanceof HostUnavailable)) {
        deps.logger.error({ requestId, err: error }, 'request failed');
      }
      if (!response.headersSent) write(response, requestId, answerOf(request, refuse('unavailable')));
    }
  };
};

/**
 * `null` where it isn't a proxy of ours. That is 403 and not 401: a proxy would pass a 401 on, and the holder of a good
 * token would be told that the token is bad.
 */
const identifyProxy = async (
  deps: ApiDeps,
  request: IncomingMessage,
  call: CallOrigin,
): Promise<CredentialPrincipal | null> => {
  const [text, ...others] = request.headersDistinct[VERIFIER_HEADER] ?? [];
  // Nothing else but a credential of the installation is good here: a token is looked up by nobody.
  const who = text === undefined || others.length > 0 ? null : await authenticateCredential(deps, { text });
  if (who?.accepted && who.principal.credential.role === 'verifier') return who.principal;
  const { requestId, address } = call;
  deps.logger.warn({ requestId, address }, 'forward-auth was called without a good verifier credential');
  return null;
};

const refuse = (refused: RefusalCase): Outcome => ({ allowed: false, refused });

const answerOf = (request: IncomingMessage, outcome: Outcome): PlainAnswer => {
  if (outcome.allowed) {
    return { status: 200, headers: { ...NOT_KEPT, ...identityHeaders(outcome.principal.token) }, body: '' };
  }
  const { accept } = request.headers;
  const { status, headers, body } = refusalOf(outcome.refused, {
    accept,
    ...(outcome.missing ? { missing: outcome.missing } : {}),
  });
  return { status, headers: { ...headers, ...identityHeaders(null) }, body };
};

const NOT_KEPT = { 'Cache-Control': 'no-store' };
