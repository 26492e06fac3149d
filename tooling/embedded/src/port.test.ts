import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { findFreePort } from './port.ts';

const closes: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

const listen = async (port: number): Promise<number> => {
  const server = createServer((socket) => socket.resume()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  closes.push(() => new Promise((closed) => server.close(closed)));
  return (server.address() as AddressInfo).port;
};

describe('findFreePort', () => {
  it('gives the preferred port where nobody has it, and another where somebody has', async () => {
    const preferred = await findFreePort();
    expect(await findFreePort(preferred)).toBe(preferred);
    await listen(preferred);
    const other = await findFreePort(preferred);
    expect(other).not.toBe(preferred);
    expect(await listen(other)).toBe(other);
    expect(await findFreePort(0)).toBeGreaterThan(0);
  });

  it('gives no port twice, and none that the system might give meanwhile to a connection or to `listen(0)`', async () => {
    const found = await Promise.all(Array.from({ length: 300 }, () => findFreePort()));
    expect(new Set(found).size).toBe(300);

    const server = await listen(0);
    const drawn = [server];
    for (let index = 0; index < 100; index += 1) {
      const socket = connect(server, '127.0.0.1');
      await once(socket, 'connect');
      drawn.push(socket.localPort as number);
      socket.destroy();
    }
    expect(Math.max(...found)).toBeLessThan(Math.min(...drawn));
  });
});
