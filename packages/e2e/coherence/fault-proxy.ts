import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * `pass`; `delay`: each chunk up to 150 ms late; `hang`: nothing passes, and nobody is told; `deaf`: what is sent arrives,
 * and no answer comes back; `refuse`: connections are closed.
 */
export type Weather = 'pass' | 'delay' | 'hang' | 'deaf' | 'refuse';

export interface FaultProxy {
  readonly port: number;
  weather(now: Weather): void;
  /** New connections go there; those that are open are cut. */
  target(port: number): void;
  close(): Promise<void>;
}

const LONGEST_DELAY_MS = 150;

/** Stands between two processes. What a hang has held back is delivered when it is over, in order, as a network does. */
export const openFaultProxy = async (port: number): Promise<FaultProxy> => {
  let weather: Weather = 'pass';
  let target = port;
  const pairs = new Set<() => void>();
  let changed: () => void = () => undefined;
  let change = new Promise<void>((resolve) => {
    changed = resolve;
  });

  const isHeld = (direction: 'up' | 'down') => weather === 'hang' || (weather === 'deaf' && direction === 'down');
  const pipe = (from: Socket, to: Socket, direction: 'up' | 'down') => {
    let last = Promise.resolve();
    from.on('data', (chunk) => {
      last = last.then(async () => {
        while (isHeld(direction)) await change;
        if (weather === 'delay') await new Promise((resume) => setTimeout(resume, LONGEST_DELAY_MS * Math.random()));
        if (!to.destroyed) to.write(chunk);
      });
    });
  };

  const server = createServer((client) => {
    if (weather === 'refuse') return client.destroy();
    const upstream = connect(target, '127.0.0.1');
    const cut = () => {
      pairs.delete(cut);
      client.destroy();
      upstream.destroy();
    };
    pairs.add(cut);
    for (const socket of [client, upstream]) socket.setNoDelay(true).on('error', cut).on('close', cut);
    pipe(client, upstream, 'up');
    pipe(upstream, client, 'down');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => {
    for (const cut of [...pairs]) cut();
  };
  const announce = () => {
    const tell = changed;
    change = new Promise<void>((resolve) => {
      changed = resolve;
    });
    tell();
  };

  return {
    port: (server.address() as AddressInfo).port,
    weather: (now) => {
      weather = now;
      if (now === 'refuse') cutAll();
      announce();
    },
    target: (next) => {
      target = next;
      cutAll();
    },
    close: async () => {
      weather = 'pass';
      announce();
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
