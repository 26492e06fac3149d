import type { IncomingMessage } from 'node:http';
import { findCredential, tokenIdOf } from '@latchkey/core/token';
import type { CallOrigin } from '../../context.ts';
import type { ApiDeps } from '../../deps.ts';
import { identifyToken, MAX_HEADER_LINES } from '../../http/identify.ts';
import type { Principal } from '../../principal.ts';
import { type OAuthAnswer, oauthError } from './oauth-answer.ts';

/** What an OAuth client sent to say who it is; nothing of it is believed yet. */
export type ClientCredential =
  | { readonly type: 'none' }
  | { readonly type: 'presented'; readonly scheme: Scheme; readonly text: string | null }
  | { readonly type: 'refused'; readonly answer: OAuthAnswer };

type Scheme = 'Bearer' | 'Basic';

/**
 * The one credential of a call to an OAuth endpoint: `Authorization: Bearer <credential>`, or HTTP Basic with the
 * credential's id as the name and its text as the password, each form-encoded (RFC 6749, section 2.3.1). Sessions don't
 * count here, so a form that a foreign page posts has nobody's authority.
 */
export const findClientCredential = (
  request: IncomingMessage & { readonly originalUrl?: string },
): ClientCredential => {
  if (request.rawHeaders.length / 2 > MAX_HEADER_LINES) return refuse(431, 'Send fewer headers.');
  const found = findCredential({ headers: request.headersDistinct, url: request.originalUrl ?? request.url ?? '' });
  if (found.type === 'several') return refuse(400, 'Send exactly one credential.');
  if (found.type === 'misplaced') return refuse(400, 'Send the credential in the Authorization header only.');
  if (found.type === 'none') return { type: 'none' };
  const basic = /^basic(?: +|$)/i.exec(found.presentedToken);
  if (basic === null) return { type: 'presented', scheme: 'Bearer', text: found.presentedToken };
  return { type: 'presented', scheme: 'Basic', text: textOfBasic(found.presentedToken.slice(basic[0].length)) };
};

/** `null`: refused, whoever it was; the answer is the same for every reason (PROOF-FIRST). @throws StoreUnavailable, HostUnavailable */
export const authenticateClient = async (
  deps: ApiDeps,
  credential: Extract<ClientCredential, { readonly type: 'presented' }>,
  call: CallOrigin,
): Promise<Principal | null> => {
  if (credential.text === null) return null;
  const who = await identifyToken(deps, credential.text, call);
  return who.ok ? who.principal : null;
};

/** RFC 6749, section 5.2: the challenge names the scheme that was used. */
export const refuseClient = (credential: ClientCredential): OAuthAnswer => {
  const challenges = {
    Basic: 'Basic realm="latchkey", charset="UTF-8"',
    Bearer: 'Bearer error="invalid_token"',
  } as const satisfies Record<Scheme, string>;
  const challenge = credential.type === 'presented' ? challenges[credential.scheme] : 'Bearer';
  return oauthError(401, 'invalid_client', undefined, { 'www-authenticate': challenge });
};

const refuse = (status: 400 | 431, description: string): ClientCredential => ({
  type: 'refused',
  answer: oauthError(status, 'invalid_request', description),
});

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const MAX_BASIC_LENGTH = 4_096;

/** RFC 7617, section 2. `null` for what is no such thing, and where the name is not the id in the password. */
const textOfBasic = (encoded: string): string | null => {
  if (encoded.length > MAX_BASIC_LENGTH || !BASE64.test(encoded)) return null;
  const pair = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = pair.indexOf(':');
  if (colon < 0) return null;
  const [name, text] = [formDecode(pair.slice(0, colon)), formDecode(pair.slice(colon + 1))];
  return text !== null && name !== null && tokenIdOf(text) === name && name !== text ? text : null;
};

const formDecode = (text: string): string | null => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
};
