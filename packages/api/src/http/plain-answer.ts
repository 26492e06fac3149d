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
 * Writes head and body at once. What every answer has goes with it in one piece: set one by one, as express does it, headers
 * cost more than a verification.
 */
export const createPlainAnswers = (isHttps: boolean): WritePlainAnswer => {
  const always = securityHeaders(isHttps);
  return (response, requestId, { status, headers, body }) => {
    response.removeHeader('X-Powered-By');
    const head = [...always, 'Latchkey-Request-Id', requestId, 'Content-Length', String(Buffer.byteLength(body))];
    for (const name in headers) head.push(name, headers[name] as string);
    response.writeHead(status, head).end(body);
  };
};
