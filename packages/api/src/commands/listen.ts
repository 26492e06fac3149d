import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refuseBrokenRequest } from '../http/refuse-broken-request.ts';
import { CommandFailed } from './exit.ts';

/** BOUNDED-WORK: the headers of one HTTP request, its first line included, in bytes. */
const MAX_HEADER_BYTES = 16_384;

export interface Listening {
  readonly port: number;
  /** Stops accepting, waits for calls in flight up to `deadlineMs`, then cuts them; whether all ended by themselves. */
  readonly close: (deadlineMs: number) => Promise<boolean>;
}

/** @throws CommandFailed where the port can't be had. */
export const listen = async (
  listener: RequestListener,
  address: { readonly host: string; readonly port: number },
): Promise<Listening> => {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    // A slow sender holds a connection, not a worker; still it has to end some time.
    headersTimeout: 15_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
  });
  // Ours are counted, and refused, by `identify`; Node would drop the rest without a word.
  server.maxHeadersCount = 0;
  server.on('request', listener);
  server.on('clientError', refuseBrokenRequest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, address)));
    server.listen(address.port, address.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: (deadlineMs) => close(server, deadlineMs),
  };
};

const explain = (error: NodeJS.ErrnoException, { host, port }: { readonly host: string; readonly port: number }) => {
  if (error.code === 'EADDRINUSE') {
    return new CommandFailed(`Port ${port} of ${host} is in use. Stop what listens there, or set LATCHKEY_PORT.`);
  }
  if (error.code === 'EACCES') return new CommandFailed(`Port ${port} needs privileges. Set LATCHKEY_PORT to another.`);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new CommandFailed(`${host} is no address of this machine. Set LATCHKEY_HOST.`);
  }
  return error;
};

const close = (server: Server, deadlineMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections();
      resolve(false);
    }, deadlineMs);
    // Since Node 19 this also closes connections that are idle.
    server.close(() => {
      clearTimeout(cut);
      resolve(true);
    });
  });
