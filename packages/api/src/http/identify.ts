import type { IncomingMessage } from 'node:http';
import type { RefusalCase } from '@latchkey/contract';
import { HostUnavailable } from '@latchkey/core';
import type { ErrorCode } from '@latchkey/core/errors';
import { findCredential, tokenIdOf } from '@latchkey/core/token';
import { StoreUnavailable } from '@latchkey/store';
import { authenticateCredential } from '../authenticate/authenticate-credential.ts';
import { authenticateToken } from '../authenticate/authenticate-token.ts';
import type { CallOrigin } from '../context.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../principal.ts';
import type { SignInMethod } from '../session/sign-in-method.ts';
import { isCrossSite } from './cross-site.ts';

/** `null`: nobody in particular. A refusal is final: no procedure runs, whatever it requires. */
export type Identification =
  | { readonly ok: true; readonly principal: Principal | null }
  | { readonly ok: false; readonly code: ErrorCode; readonly refused: RefusalCase; readonly endSession: boolean };

/**
 * Node drops what comes after `maxHeadersCount` lines, 2,000 where nobody set it, and says nothing: a second credential
 * could stand there. Far fewer are enough for anybody.
 */
export const MAX_HEADER_LINES = 200;

/** Who makes this HTTP request: finds its one credential and proves it, or says why that is refused. */
export const identify = async (
  deps: ApiDeps,
  signIn: SignInMethod,
  request: IncomingMessage & { readonly originalUrl?: string },
  call: CallOrigin,
): Promise<Identification> => {
  if (request.rawHeaders.length / 2 > MAX_HEADER_LINES) return refuse('HEADERS_TOO_LARGE', 'bad_request');
  const found = findCredential({ headers: request.headersDistinct, url: request.originalUrl ?? request.url ?? '' });
  if (found.type === 'several') return refuse('TOO_MANY_CREDENTIALS', 'bad_request');
  if (found.type === 'misplaced') return refuse('CREDENTIAL_MISPLACED', 'bad_request');
  const session = signIn.presented(request);
  if (session === 'several' || (session === 'one' && found.type === 'found')) {
    return refuse('TOO_MANY_CREDENTIALS', 'bad_request');
  }
  try {
    // A host's own bearer credential is the host's to judge; whatever looks like a token of ours is never shown to it.
    const isOurs = found.type === 'found' && (!signIn.readsAuthorization || tokenIdOf(found.presentedToken) !== null);
    if (isOurs) return await identifyToken(deps, found.presentedToken, call);
    const principal = await signIn.identify(request);
    if (principal !== null && found.type === 'none' && isCrossSite(request, deps.settings.publicUrl)) {
      return refuse('CROSS_SITE', 'forbidden');
    }
    if (principal === null && found.type === 'found') return refuse('UNAUTHORIZED', 'invalid_credential');
    if (principal === null && session === 'one')
      return { ...refuse('SESSION_EXPIRED', 'no_credential'), endSession: true };
    return { ok: true, principal };
  } catch (error) {
    // FAIL-CLOSED: an outage is neither "no such token" nor "come in".
    if (error instanceof StoreUnavailable) return refuse('STORE_UNAVAILABLE', 'unavailable');
    if (error instanceof HostUnavailable) return refuse('HOST_UNAVAILABLE', 'unavailable');
    throw error;
  }
};

/** Judges one presented text by its kind. @throws StoreUnavailable, HostUnavailable */
export const identifyToken = async (deps: ApiDeps, text: string, call: CallOrigin): Promise<Identification> => {
  const authentication = SYSTEM_KIND.test(text)
    ? await authenticateCredential(deps, { text })
    : await authenticateToken(deps, { text, address: call.address, client: call.client });
  if (authentication.accepted) return { ok: true, principal: authentication.principal };
  return authentication.status === 401
    ? refuse('UNAUTHORIZED', 'invalid_credential')
    : refuse('FORBIDDEN', 'forbidden');
};

/** Only which of the two is asked: each of them parses the text where it doesn't know it. */
const SYSTEM_KIND = /^[^_]*_sys_/;

const refuse = (code: ErrorCode, refused: RefusalCase) => ({ ok: false, code, refused, endSession: false }) as const;
