import { containsToken } from './redact.ts';

/** What an HTTP request brought, before anything of it is believed. */
export interface CredentialBearer {
  /**
   * Every value of every header, by lower-case name, duplicates apart: Node's `headersDistinct`, since plain `headers`
   * keeps the first of two Authorization headers and drops the other in silence.
   */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** Path and query as received, percent-encoding included. */
  readonly url: string;
}

/**
 * `found`: one credential, its scheme taken off, nothing else touched; it may be anything.
 * `none`: no Authorization header. `several`, `misplaced`: a bad request, whatever the credentials are worth.
 */
export type FoundCredential =
  | { readonly type: 'found'; readonly presentedToken: string }
  | { readonly type: 'none' }
  | { readonly type: 'several' }
  | { readonly type: 'misplaced' };

// RFC 9110, section 11.1: the scheme's name is case-insensitive. RFC 6750, section 2.1: one space or more.
const BEARER = /^bearer +/i;

// RFC 6750, section 2.3, discourages it; a URL ends in logs, histories and Referer headers.
const URL_PARAMETER = /[?&](?:access_token|accesstoken|api_key|apikey)=/i;

/**
 * Finds the one credential of an HTTP request: `Authorization: Bearer <token>`, or the token bare. Pure; no I/O, and
 * linear in what was received.
 */
export const findCredential = (request: CredentialBearer): FoundCredential => {
  if (URL_PARAMETER.test(request.url) || mayHoldToken(request.url)) return { type: 'misplaced' };
  for (const [name, values] of Object.entries(request.headers)) {
    if (name !== 'authorization' && values?.some(mayHoldToken)) return { type: 'misplaced' };
  }
  const [value, ...others] = request.headers['authorization'] ?? [];
  if (value === undefined) return { type: 'none' };
  // Proxies may join two headers into one by a comma (RFC 9110, section 5.3); no token holds one.
  if (others.length > 0 || value.includes(',')) return { type: 'several' };
  return { type: 'found', presentedToken: value.replace(BEARER, '') };
};

// Most headers hold nothing of the kind: the search for a token's shape runs only where its mark could be.
const KIND_MARK = /(?:_|%(?:25)*5f)(?:pat|svc|sys)(?:_|%(?:25)*5f)/i;
const mayHoldToken = (text: string): boolean => KIND_MARK.test(text) && containsToken(text);
