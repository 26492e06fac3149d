import type { PlainAnswer } from '../../http/plain-answer.ts';

/** RFC 6749, section 5.2; RFC 6750, section 3.1, for the last but two; RFC 7009, section 2.2.1, for 503. */
export type OAuthError =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'insufficient_scope'
  | 'temporarily_unavailable'
  | 'server_error';

/** An HTTP answer of the OAuth endpoints. */
export interface OAuthAnswer {
  readonly status: 200 | 400 | 401 | 403 | 405 | 413 | 415 | 431 | 500 | 503;
  readonly headers?: Readonly<Record<string, string>>;
  /** Left out: an empty body. */
  readonly body?: object;
}

/** `description` is a sentence of ours: nothing that was sent is repeated in it (SECRET-ONCE). */
export const oauthError = (
  status: Exclude<OAuthAnswer['status'], 200>,
  error: OAuthError,
  description?: string,
  headers: Readonly<Record<string, string>> = {},
): OAuthAnswer => ({
  status,
  headers,
  body: { error, ...(description === undefined ? {} : { error_description: description }) },
});

/** RFC 7009, section 2.2.1: whoever gets 503 takes the token to be as it was, and asks again. */
export const UNAVAILABLE = oauthError(503, 'temporarily_unavailable', 'Ask again.', { 'retry-after': '1' });

/** Every answer says something about a token: nobody keeps it (RFC 6749, section 5.1). */
export const toPlainAnswer = ({ status, headers = {}, body }: OAuthAnswer): PlainAnswer =>
  body === undefined
    ? { status, headers: { ...NOT_KEPT, ...headers }, body: '' }
    : { status, headers: { ...NOT_KEPT, ...JSON_CONTENT, ...headers }, body: JSON.stringify(body) };

const NOT_KEPT = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };
const JSON_CONTENT = { 'Content-Type': 'application/json; charset=utf-8' };
