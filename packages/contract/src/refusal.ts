import type { Envelope, EnvelopeError } from './envelope.ts';

/** The cases of TOKENS's table "what a caller gets", told apart as far as a caller may tell them apart. */
export type RefusalCase =
  | 'no_credential'
  /** Malformed, unknown, wrong secret, superseded, revoked, expired: the same bytes for all (PROOF-FIRST). */
  | 'invalid_credential'
  /** Owner removed, inactive, or an address outside the token's ranges: after the secret was proved. */
  | 'forbidden'
  | 'not_allowed'
  | 'bad_request'
  | 'too_many_requests'
  | 'unavailable';

/** An HTTP answer, ready to be written by any server. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 429 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The name of the header that says which permission was missing: the action, a space, the resource's path. */
export const MISSING_PERMISSION_HEADER = 'latchkey-missing-permission';

const table = {
  no_credential: { status: 401, error: 'Unauthorized', headers: { 'www-authenticate': 'Bearer' } },
  invalid_credential: {
    status: 401,
    error: 'Unauthorized',
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  },
  forbidden: { status: 403, error: 'Forbidden', headers: {} },
  not_allowed: {
    status: 403,
    error: 'Forbidden',
    headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
  },
  bad_request: { status: 400, error: 'BadRequest', headers: {} },
  too_many_requests: { status: 429, error: 'TooManyRequests', headers: { 'retry-after': '60' } },
  unavailable: { status: 503, error: 'ServiceUnavailable', headers: { 'retry-after': '1' } },
} as const satisfies Record<
  RefusalCase,
  {
    readonly status: Refusal['status'];
    readonly error: EnvelopeError;
    readonly headers: Readonly<Record<string, string>>;
  }
>;

const titles = {
  Unauthorized: 'Unauthorized',
  Forbidden: 'Forbidden',
  BadRequest: 'Bad Request',
  TooManyRequests: 'Too Many Requests',
  ServiceUnavailable: 'Service Unavailable',
} as const satisfies Record<EnvelopeError, string>;

/**
 * The answer to a refused HTTP request: the envelope, or `application/problem+json` (RFC 9457) where `accept` asks for
 * it. `missing` goes with `not_allowed` only, `retryAfterSeconds` with 429 and 503.
 */
export const refusalOf = (
  refused: RefusalCase,
  options: {
    readonly accept?: string | undefined;
    readonly missing?: { readonly action: string; readonly resource: string };
    readonly retryAfterSeconds?: number;
  } = {},
): Refusal => {
  const { status, error, headers } = table[refused];
  const problem = options.accept?.includes('application/problem+json') ?? false;
  const envelope: Envelope = { success: false, errors: [error], data: null };
  return {
    status,
    headers: {
      'content-type': problem ? 'application/problem+json' : 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      ...headers,
      ...('retry-after' in headers && options.retryAfterSeconds !== undefined
        ? { 'retry-after': String(Math.max(1, Math.ceil(options.retryAfterSeconds))) }
        : {}),
      ...(refused === 'not_allowed' && options.missing
        ? { [MISSING_PERMISSION_HEADER]: headerText(`${options.missing.action} ${options.missing.resource}`) }
        : {}),
    },
    body: JSON.stringify(problem ? { type: 'about:blank', title: titles[error], status } : envelope),
  };
};

/**
 * A text as the value of a header. RFC 9110, section 5.5: that is visible ASCII and spaces; anything else (and `%`) is
 * percent-encoded, so that no name can break out of its header.
 */
export const headerText = (text: string): string =>
  text.replace(/[^\x20-\x24\x26-\x7e]/gu, (character) =>
    character.isWellFormed() ? encodeURIComponent(character) : '%EF%BF%BD',
  );
