import type { ServerResponse } from 'node:http';
import { securityHeaders } from './security-headers.ts';

/** An HTTP answer that is written as it is. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type WritePlainAnswer = (response: ServerResponse, requestId: string, answer: PlainAnswer) => void;

/**
 * BOUNDED-WORK: whoever presents what is no credential waits so many milliseconds for the answer, which nobody else notices.
 * A flood of such requests, each sent as soon as the one before is answered, would otherwise take as many turns as all that
 * is good.
 */
const REFUSED_AFTER_MS = 3;

/**
 * Writes head and body at once. What every answer has goes with it in one piece: set one by one, as express does it, headers
 * cost more than a verification.
 */
export const createPlainAnswers = (isHttps: boolean): WritePlainAnswer => {
  const always = securityHeaders(isHttps);
  const send: WritePlainAnswer = (response, requestId, { status, headers, body }) => {
    response.removeHeader('X-Powered-By');
    const head = [...always, 'Latchkey-Request-Id', requestId, 'Content-Length', String(Buffer.byteLength(body))];
    for (const name in headers) head.push(name, headers[name] as string);
    response.writeHead(status, head).end(body);
  };
  return (response, requestId, answer) => {
    if (answer.status !== 401) return send(response, requestId, answer);
    setTimeout(() => {
      if (!response.destroyed) send(response, requestId, answer);
    }, REFUSED_AFTER_MS);
  };
};
