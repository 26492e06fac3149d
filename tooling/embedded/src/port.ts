import { createServer } from 'node:net';

const tryPort = (port: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error),
    );
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const found = address !== null && typeof address === 'object' ? address.port : undefined;
      server.close(() => resolve(found));
    });
  });

/** A free port on 127.0.0.1: the preferred one where nobody has it, otherwise one that the system chooses. */
export const findFreePort = async (preferred?: number): Promise<number> => {
  const found = (preferred === undefined ? undefined : await tryPort(preferred)) ?? (await tryPort(0));
  if (found === undefined) throw new Error('No free port on 127.0.0.1.');
  return found;
};
