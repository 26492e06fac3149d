import type { IncomingMessage } from 'node:http';
import { readText } from '../../http/read-json-body.ts';
import { type OAuthAnswer, oauthError } from './oauth-answer.ts';

const MAX_FORM_BYTES = 16_384;

export type Form =
  | { readonly ok: true; readonly fields: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly answer: OAuthAnswer };

/**
 * Reads an `application/x-www-form-urlencoded` body. RFC 6749, section 3.2: a parameter without a value counts as left
 * out, an unknown one is ignored, and none may be sent twice: of two tokens it would be anybody's guess which was meant.
 */
export const readForm = async (request: IncomingMessage & { readonly body?: unknown }): Promise<Form> => {
  const type = request.headers['content-type'] ?? '';
  const isForm = /^application\/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type);
  if (!isForm || (request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    return refuse(415, 'Send application/x-www-form-urlencoded.');
  }
  if (Number(request.headers['content-length'] ?? 0) > MAX_FORM_BYTES) return TOO_LARGE;
  const pairs = request.body === undefined ? await readPairs(request) : pairsOf(request.body);
  if (pairs === null) return TOO_LARGE;
  const fields = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (value === '') continue;
    if (fields.has(name) || typeof value !== 'string') return refuse(400, 'A parameter was sent twice.');
    fields.set(name, value);
  }
  return { ok: true, fields };
};

const readPairs = async (request: IncomingMessage): Promise<Iterable<[string, unknown]> | null> => {
  const text = await readText(request, MAX_FORM_BYTES);
  return text === null ? null : new URLSearchParams(text);
};

/** What a parser of the host's application has made of the form before us. */
const pairsOf = (body: unknown): Iterable<[string, unknown]> => {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return new URLSearchParams(body.toString());
  return typeof body === 'object' && body !== null ? Object.entries(body) : [];
};

const refuse = (status: 400 | 413 | 415, description: string): Form => ({
  ok: false,
  answer: oauthError(
    status,
    'invalid_request',
    description,
    // What is left of the body is not read: the connection ends with this answer.
    status === 413 ? { connection: 'close' } : {},
  ),
});

const TOO_LARGE = refuse(413, 'No token is nearly as long.');
