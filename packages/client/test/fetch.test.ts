import { getRequestListener } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { type Accepted, type LatchkeyClient, resource } from '../src/index.ts';
import { accepted, deny, judge, listen, missing, sendRaw, startClient, TOKEN, verified } from './client.ts';
import { type Answer, data, type Received, refusal } from './latchkey-double.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Seen {
  readonly headers: Record<string, string>;
  readonly body: unknown;
  readonly token: unknown;
}

const honoApp = (latchkey: LatchkeyClient, reached: Seen[]) => {
  const app = new Hono<{ Variables: { latchkey: Accepted } }>();
  const guard = latchkey.fetch<Parameters<typeof getConnInfo>[0]>({ peerOf: (c) => getConnInfo(c).remote.address });
  const toggle = guard.require('ToggleFlag', (c) =>
    resource(['project', 'shop'], ['env', 'prod'], ['flag', c.req.param('key') ?? '', { tags: [] }]),
  );
  app.use('/me', guard);
  app.get('/me', (c) => c.json(c.get('latchkey').token));
  app.use('/behind/*', guard);
  for (const path of ['/flags/:key/toggle', '/behind/:key/toggle']) {
    app.post(path, toggle, async (c) => {
      reached.push({ headers: c.req.header(), body: await c.req.json(), token: c.var.latchkey.token });
      return c.json({ ok: true });
    });
  }
  return app;
};

const startHono = async (answer: (received: Received) => Answer, trustedProxyCount?: number) => {
  const { far, latchkey } = await startClient(answer, trustedProxyCount === undefined ? {} : { trustedProxyCount });
  const reached: Seen[] = [];
  const server = await listen(getRequestListener(honoApp(latchkey, reached).fetch));
  stops.push(far.stop, server.stop);
  const toggle = (headers: Record<string, string>, path = '/flags/checkout/toggle') =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      body: '{"on":true}',
      headers: { 'content-type': 'application/json', ...headers },
    });
  return { far, server, reached, toggle };
};
const bearer = { authorization: `Bearer ${TOKEN}` };

describe('fetch() in a real Hono behind a real socket', () => {
  it('puts the verdict where the handler finds it, with no-store', async () => {
    const { server } = await startHono(judge());
    const answer = await fetch(`${server.url}/me`, { headers: bearer });
    expect([answer.status, await answer.json()]).toEqual([200, verified]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each(['/flags/checkout/toggle', '/behind/checkout/toggle'])(
    'require() lets through who may, with the body and without the token: %s',
    async (path) => {
      const { far, reached, toggle } = await startHono(judge());
      expect((await toggle({ ...bearer, 'user-agent': 'curl/8' }, path)).status).toBe(200);
      expect(reached).toMatchObject([{ body: { on: true }, token: verified }]);
      expect(JSON.stringify(reached).toLowerCase()).not.toContain('authorization');
      expect(JSON.stringify(reached)).not.toContain(TOKEN);
      expect(far.received.map((asked) => asked.path)).toEqual(['/trpc/verify.verify', '/trpc/verify.decide']);
      expect(far.received[1]?.input).toMatchObject({
        presentedToken: TOKEN,
        address: '127.0.0.1',
        client: 'curl/8',
        request: {
          action: 'ToggleFlag',
          resource: { segments: [{}, {}, { type: 'flag', key: 'checkout', tags: [] }] },
        },
      });
    },
  );

  it('require() names what is missing', async () => {
    const { toggle, reached } = await startHono(judge(deny));
    const answer = await toggle(bearer);
    expect([answer.status, await answer.text()]).toEqual([403, '{"success":false,"errors":["Forbidden"],"data":null}']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
    expect(answer.headers.get('latchkey-missing-permission')).toBe(`${missing.action} ${missing.resource}`);
    expect(reached).toEqual([]);
  });

  it.each([
    ['no credential', {}, 401, 'Bearer', 'Unauthorized'],
    ['a wrong one', { authorization: 'Bearer x' }, 401, 'Bearer error="invalid_token"', 'Unauthorized'],
    ['one in another header', { 'x-api-key': TOKEN }, 400, null, 'BadRequest'],
    ['two, joined', { authorization: `Bearer ${TOKEN}, Bearer ${TOKEN}` }, 400, null, 'BadRequest'],
  ])('answers %s by the table', async (_, headers, status, challenge, error) => {
    const { toggle, reached } = await startHono(judge());
    const answer = await toggle(headers as Record<string, string>);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([status, challenge]);
    expect(await answer.json()).toEqual({ success: false, errors: [error], data: null });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(reached).toEqual([]);
  });

  it('answers 400 to two Authorization headers, and to a path parameter that brings its own segments', async () => {
    const { server, toggle, far } = await startHono(judge());
    const twice = await sendRaw(
      server.port,
      `GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: ${TOKEN}\r\nAuthorization: ${TOKEN}\r\nConnection: close\r\n\r\n`,
    );
    expect(twice).toMatch(/^HTTP\/1\.1 400 /);
    expect(far.received).toEqual([]);
    expect((await toggle(bearer, '/flags/checkout%3Aadmin/toggle')).status).toBe(400);
  });

  it('gives a problem to whoever asks for one', async () => {
    const { toggle } = await startHono(judge());
    const answer = await toggle({ accept: 'application/problem+json' });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toEqual({ type: 'about:blank', title: 'Unauthorized', status: 401 });
  });

  it('is 503 when Latchkey can not be asked (FAIL-CLOSED)', async () => {
    const { toggle, reached } = await startHono(() => refusal(503, 'STORE_UNAVAILABLE'));
    const answer = await toggle(bearer);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(reached).toEqual([]);
  });

  it("finds the caller's address behind as many proxies as it was told", async () => {
    const { toggle, far } = await startHono(judge(), 1);
    await toggle({ ...bearer, 'x-forwarded-for': '192.0.2.1, 198.51.100.2' });
    expect(far.received[0]?.input).toMatchObject({ address: '198.51.100.2' });
  });
});

describe('protect()', () => {
  const start = async (answer: (received: Received) => Answer) => {
    const { far, latchkey } = await startClient(answer);
    stops.push(far.stop);
    return { far, latchkey };
  };
  const ask = (headers: Record<string, string> = bearer) =>
    new Request('https://shop.example/flags/checkout?x=1', { method: 'POST', body: 'on', headers });

  it('gives the handler the verdict, the rest of its arguments, and a request without the token', async () => {
    const { latchkey } = await start(judge());
    const handler = latchkey.protect(async (request, { token }, env: { readonly name: string }) => {
      const seen = {
        url: request.url,
        body: await request.text(),
        authorization: request.headers.get('authorization'),
      };
      return Response.json(
        { ...seen, owner: token.ownerId, env: env.name },
        { headers: { 'x-own': '1' }, status: 201 },
      );
    });
    const answer = await handler(ask(), { name: 'production' });
    expect([answer.status, answer.headers.get('x-own'), answer.headers.get('cache-control')]).toEqual([
      201,
      '1',
      'no-store',
    ]);
    expect(await answer.json()).toEqual({
      url: 'https://shop.example/flags/checkout?x=1',
      body: 'on',
      authorization: null,
      owner: 'dana',
      env: 'production',
    });
  });

  it('leaves a handler its own word on caching', async () => {
    const { latchkey } = await start(judge());
    const handler = latchkey.protect(() => new Response('', { headers: { 'cache-control': 'private, max-age=5' } }));
    expect((await handler(ask())).headers.get('cache-control')).toBe('private, max-age=5');
  });

  it('demands an action, and never calls the handler of who may not', async () => {
    const { latchkey } = await start(judge(deny));
    let called = 0;
    const handler = latchkey.protect(
      () => {
        called += 1;
        return new Response('done');
      },
      { require: { action: 'ToggleFlag', resource: () => resource(['flag', 'checkout']) } },
    );
    const refused = await handler(ask());
    expect([refused.status, refused.headers.get('latchkey-missing-permission')]).toEqual([
      403,
      `${missing.action} ${missing.resource}`,
    ]);
    expect((await handler(ask({}))).status).toBe(401);
    expect(called).toBe(0);
  });

  it("TENANT-WALL: bound to an organization, it takes no other's token for an answer", async () => {
    const { latchkey } = await start(() => data(accepted));
    const handler = latchkey.forOrganization('globex').protect(() => new Response('done'));
    expect((await handler(ask())).status).toBe(401);
  });

  it('FAIL-CLOSED: without anybody to say who the peer is, an address is not made up', async () => {
    const { latchkey, far } = await start(judge());
    await latchkey.protect(() => new Response('done'))(ask({ ...bearer, 'x-forwarded-for': '192.0.2.1' }));
    expect(far.received[0]?.input).not.toHaveProperty('address');
  });
});
