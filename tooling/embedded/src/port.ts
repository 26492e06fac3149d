import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below every range from which systems draw the local ends of outgoing connections (Linux 32768, BSD and Windows
 * 49152, RFC 6335): whoever looks for a port closes it again before the program that wants it opens it, and meanwhile
 * any connection, or any other `listen(0)`, might get it from there.
 */
const PORTS = { from: 20_000, before: 32_768 } as const;

/** What this process has tried, so that two callers never share one: a port is free until its program has started. */
const tried = new Set<number>();

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(false) : reject(error),
    );
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

/**
 * A free port on 127.0.0.1: the preferred one where nobody has it; otherwise (and for 0) one between 20,000 and 32,767
 * that this process has not given out before. Throws where a thousand of them are taken.
 */
export const findFreePort = async (preferred?: number): Promise<number> => {
  if (preferred && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const port = randomInt(PORTS.from, PORTS.before);
    if (tried.has(port)) continue;
    tried.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port on 127.0.0.1 between ${PORTS.from} and ${PORTS.before - 1}.`);
};
