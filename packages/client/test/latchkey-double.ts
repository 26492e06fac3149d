import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly input: Record<string, unknown>;
}

export type Answer = { readonly status: number; readonly body: unknown } | 'hang up';

/**
 * The far side of the port: a server that answers tRPC mutations as it is told and writes down what it was asked. That
 * the real API answers in this way is shown on real processes in packages/e2e.
 */
export const startLatchkeyDouble = async (answer: (received: Received) => Answer) => {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked: Received = {
      path: request.url ?? '',
      authorization: request.headers.authorization,
      input: JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}'),
    };
    received.push(asked);
    const answered = answer(asked);
    if (answered === 'hang up') return request.socket.destroy();
    response.writeHead(answered.status, { 'content-type': 'application/json' }).end(JSON.stringify(answered.body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    stop: () =>
      new Promise<void>((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
};

export const data = (value: unknown) => ({ status: 200, body: { result: { data: value } } });

export const refusal = (httpStatus: number, code: string) => ({
  status: httpStatus,
  body: { error: { code: -32_001, message: 'refused', data: { code, httpStatus } } },
});
