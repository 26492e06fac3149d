import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandFailed } from '../commands/exit.ts';
import type { LatchkeyMetrics } from '../metrics/create-metrics.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `GET /metrics` on a port of its own, and nothing else: what everybody can reach has no such page, and who reaches this one
 * is said by the network, as for the worker's.
 * @throws CommandFailed where the port can't be had.
 */
export const serveMetrics = async (
  metrics: LatchkeyMetrics,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<MetricsServer> => {
  const server = createServer({ requestTimeout: 5_000, maxHeaderSize: 8_192 }, (request, response) => {
    const answer = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(body);
    };
    if (request.url?.split('?', 1)[0] !== '/metrics') return answer(404, PLAIN, 'not found');
    if (request.method !== 'GET') return answer(405, PLAIN, 'method not allowed');
    metrics.text().then(
      (text) => answer(200, metrics.contentType, text),
      () => answer(503, PLAIN, 'no metrics'),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', () =>
      reject(new CommandFailed(`Port ${port} of ${host} can't be had. Set LATCHKEY_METRICS_PORT to another.`)),
    );
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

const PLAIN = 'text/plain; charset=utf-8';
