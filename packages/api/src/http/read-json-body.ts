import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '@latchkey/core/errors';

export const MAX_BODY_BYTES = 1_048_576;

export type JsonBody =
  | { readonly ok: true /** Valid JSON; empty where there was no body. */; readonly text: string }
  | {
      readonly ok: false;
      readonly code: Extract<ErrorCode, 'UNSUPPORTED_MEDIA_TYPE' | 'BODY_TOO_LARGE' | 'BAD_JSON'>;
    };

/**
 * Reads the body of an HTTP request as JSON, at most `limitBytes` (BOUNDED-WORK); a parser of the host's application may
 * have been there before. Only `application/json`: forms and multipart need no preflight, so a foreign page can send
 * them with our cookie.
 */
export const readJsonBody = async (
  request: IncomingMessage & { readonly body?: unknown },
  limitBytes: number = MAX_BODY_BYTES,
): Promise<JsonBody> => {
  if (!isJson(request.headers['content-type'])) return { ok: false, code: 'UNSUPPORTED_MEDIA_TYPE' };
  // Compressed bodies are not taken: a few bytes would become a gigabyte.
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    return { ok: false, code: 'UNSUPPORTED_MEDIA_TYPE' };
  }
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return { ok: false, code: 'BODY_TOO_LARGE' };
  // A body that was parsed already is taken as it is, by its text; an object can't be told from one that was written.
  const text = request.body === undefined ? await readText(request, limitBytes) : textOf(request.body);
  if (text === null) return { ok: false, code: 'BODY_TOO_LARGE' };
  if (text === '') return { ok: true, text };
  try {
    JSON.parse(text);
    return { ok: true, text };
  } catch {
    return { ok: false, code: 'BAD_JSON' };
  }
};

/** RFC 9110, section 8.3.1: case-insensitive; a charset may follow, and JSON knows only UTF-8 (RFC 8259, section 8.1). */
const isJson = (contentType: string | undefined): boolean =>
  /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType ?? '');

const textOf = (body: unknown): string =>
  typeof body === 'string' ? body : Buffer.isBuffer(body) ? body.toString('utf8') : JSON.stringify(body);

/** The body as text, or `null` where it has more bytes. @throws Error where the caller leaves in the middle. */
export const readText = async (request: IncomingMessage, limitBytes: number): Promise<string | null> => {
  if (request.readableEnded) return '';
  const chunks: Buffer[] = [];
  let size = 0;
  // Not `for await`: leaving its loop destroys the request, and with it the socket that the refusal goes out on.
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      request.off('data', onData);
      request.pause();
      resolve(null);
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
    request.once('close', () => reject(new Error('The caller left before the end of the body.')));
  });
};
