import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface ChunkProxy {
  /** The same URL by way of the proxy. */
  readonly url: string;
  /** What happens to each chunk that the client sends: passed on, cut before it arrives, or cut before its answer does. */
  onRequest: (chunk: Buffer) => 'pass' | 'cut-before' | 'cut-after';
  close(): Promise<void>;
}

/** Stands between the store and PostgreSQL, and can lose a connection at a chosen word. */
export const openProxy = async (target: string): Promise<ChunkProxy> => {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const proxy = { onRequest: () => 'pass' } as Pick<ChunkProxy, 'onRequest'>;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        open.delete(socket);
        cut();
      });
    }
    let answers = true;
    client.on('data', (chunk) => {
      const fate = proxy.onRequest(chunk);
      if (fate === 'cut-before') return cut();
      if (fate === 'cut-after') answers = false;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => (answers ? void client.write(chunk) : cut()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return Object.assign(proxy, {
    url: url.href,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
};
