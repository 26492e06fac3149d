import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Workers } from '../workers.ts';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `/livez`: the event loop turns. `/readyz`: 200 while jobs are relayed and handled, else 503. Why not is in
 * the log: nothing here tells an outsider hosts or errors. `/metrics`: for Prometheus, counts and times only.
 */
export const startHealthServer = async (
  workers: Pick<Workers, 'health'> & Partial<Pick<Workers, 'metrics'>>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<HealthServer> => {
  const server = createServer({ requestTimeout: 5_000, maxHeaderSize: 8_192 }, (request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET') return answer(405, { status: 'method not allowed' });
    if (path === '/livez') return answer(200, { status: 'live' });
    const { metrics } = workers;
    if (path === '/metrics' && metrics !== undefined) {
      metrics.text().then(
        (text) => {
          response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
          response.end(text);
        },
        () => answer(503, { status: 'no metrics' }),
      );
      return;
    }
    if (path !== '/readyz') return answer(404, { status: 'not found' });
    workers.health().then(
      ({ ready, backend, outbox }) =>
        answer(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', backend, outbox }),
      () => answer(503, { status: 'not ready' }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
