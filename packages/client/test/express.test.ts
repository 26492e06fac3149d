import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { judge, listen, sendRaw, startClient, TOKEN } from './client.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const start = async (options: { readonly trustedProxyCount?: number } = {}, trustProxy: boolean | number = false) => {
  const { far, latchkey } = await startClient(judge(), options);
  const app = express().set('trust proxy', trustProxy).use(latchkey.express());
  app.get('/', (_request, response) => void response.json({ ok: true }));
  const server = await listen(app);
  stops.push(far.stop, server.stop);
  const ask = async (forwarded: string) => {
    const headers = { authorization: TOKEN, 'x-forwarded-for': forwarded };
    expect((await fetch(server.url, { headers })).status).toBe(200);
    const asked = far.received.at(-1)?.input as { readonly address?: string } | undefined;
    return asked?.address;
  };
  return { far, server, ask };
};

describe('whose address a token with ranges is judged by', () => {
  it('behind a stated number of proxies, that many entries from the right, whatever express trusts', async () => {
    const { ask } = await start({ trustedProxyCount: 2 }, true);
    expect(await ask('10.0.0.1, 192.0.2.1, 198.51.100.2')).toBe('192.0.2.1');
    expect(await ask('192.0.2.1')).toBeUndefined();
  });

  it('behind none, the peer', async () => {
    const { ask } = await start({ trustedProxyCount: 0 }, true);
    expect(await ask('192.0.2.1')).toBe('127.0.0.1');
  });

  it('not stated, what express was told to trust', async () => {
    expect(await (await start()).ask('192.0.2.1')).toBe('127.0.0.1');
    expect(await (await start({}, 1)).ask('10.0.0.1, 192.0.2.1')).toBe('192.0.2.1');
  });
});

it('a second credential behind hundreds of headers, where some versions of Node drop it, is not overlooked', async () => {
  const { server, far } = await start();
  for (const [lines, second] of [
    [250, ''],
    [250, `Authorization: ${TOKEN}\r\n`],
    [2_100, `Authorization: ${TOKEN}\r\n`],
  ] as const) {
    const answer = await sendRaw(
      server.port,
      `GET / HTTP/1.1\r\nHost: x\r\nAuthorization: ${TOKEN}\r\n${'a:\r\n'.repeat(lines)}${second}Connection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (400|431) /);
  }
  expect(far.received).toEqual([]);
});
