import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server: lets through, refuses, takes everything and says nothing, or does so one way. */
export const startTcpProxy = async (targetUrl: string) => {
  const target = new URL(targetUrl);
  let mode: 'pass' | 'refuse' | 'hang' | 'lose requests' | 'lose answers' = 'pass';
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    track(client);
    if (mode === 'refuse') return client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    track(upstream);
    client.on('data', (data) => (mode === 'pass' || mode === 'lose answers') && upstream.write(data));
    upstream.on('data', (data) => (mode === 'pass' || mode === 'lose requests') && client.write(data));
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(targetUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    pass: () => {
      // What has been swallowed can't be made good: whoever hung starts over, as after a network's return.
      if (mode !== 'refuse') cut();
      mode = 'pass';
    },
    refuse: () => {
      mode = 'refuse';
      cut();
    },
    hang: () => {
      mode = 'hang';
    },
    /** Out of reach one way: what is asked doesn't arrive, or what is answered. Open connections stay open. */
    lose: (what: 'requests' | 'answers') => {
      mode = `lose ${what}`;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
