import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import express, { type Request as ExpressRequest } from 'express';
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import { type Accepted, CallRefused, type LatchkeyClient, refusalMeta, resource } from '../src/index.ts';
import { deny, judge, listen, missing, startClient, TOKEN, verified } from './client.ts';
import { type Answer, type Received, refusal } from './latchkey-double.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const routerOf = (latchkey: LatchkeyClient, seen: unknown[]) => {
  const t = initTRPC.context<{ readonly req: ExpressRequest; readonly own: string }>().create({ isDev: false });
  const guard = latchkey.trpc<{ readonly req: ExpressRequest }>();
  const key = (input: unknown) => {
    if (typeof input === 'object' && input !== null && 'key' in input) return { key: String(input.key) };
    throw new Error('no key');
  };
  return t.router({
    whoami: t.procedure.use(guard).query(({ ctx }) => {
      expectTypeOf(ctx.latchkey).toEqualTypeOf<Accepted>();
      expectTypeOf(ctx.own).toEqualTypeOf<string>();
      const { headers, headersDistinct, rawHeaders, method } = ctx.req;
      seen.push({ headers, headersDistinct, rawHeaders, method });
      return ctx.latchkey.token;
    }),
    toggle: t.procedure
      .input(key)
      .use(
        guard.require<{ key: string }>('ToggleFlag', ({ input }) => resource(['project', 'shop'], ['flag', input.key])),
      )
      .mutation(({ input, ctx }) => ({ toggled: input.key, by: ctx.latchkey.token.ownerId })),
  });
};
type Router = ReturnType<typeof routerOf>;

const start = async (answer: (received: Received) => Answer, options: { readonly behindExpress?: boolean } = {}) => {
  const { far, latchkey } = await startClient(answer);
  const seen: unknown[] = [];
  const app = express();
  if (options.behindExpress) app.use(latchkey.express());
  const router = routerOf(latchkey, seen);
  app.use(
    createExpressMiddleware({
      router,
      createContext: ({ req }) => ({ req, own: 'x' }),
      responseMeta: refusalMeta,
    }),
  );
  const server = await listen(app);
  stops.push(far.stop, server.stop);
  const clientWith = (link: typeof httpLink | typeof httpBatchLink, authorization = `Bearer ${TOKEN}`) =>
    createTRPCClient<Router>({ links: [link({ url: server.url, headers: { authorization } })] });
  return { far, server, seen, clientWith };
};

const refusalOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TRPCClientError)) throw new Error('not refused');
  return error.data.httpStatus as number;
};

describe('trpc() on a real server', () => {
  it('gives procedures the verdict, typed, and a request without the token', async () => {
    const { clientWith, seen } = await start(judge());
    expect(await clientWith(httpLink).whoami.query()).toEqual(verified);
    expect(seen).toMatchObject([{ method: 'GET', headers: { host: expect.any(String) } }]);
    expect(JSON.stringify(seen).toLowerCase()).not.toContain('authorization');
    expect(JSON.stringify(seen)).not.toContain(TOKEN);
  });

  it('require() asks for the action on the resource that the input names', async () => {
    const { clientWith, far } = await start(judge());
    expect(await clientWith(httpLink).toggle.mutate({ key: 'checkout' })).toEqual({ toggled: 'checkout', by: 'dana' });
    expect(far.received.map(({ path }) => path)).toEqual(['/trpc/verify.verify', '/trpc/verify.decide']);
    expect(far.received[1]?.input).toMatchObject({
      address: '127.0.0.1',
      request: { action: 'ToggleFlag', resource: { segments: [{}, { type: 'flag', key: 'checkout' }] } },
    });
    expect(await refusalOf(clientWith(httpLink).toggle.mutate({ key: 'checkout;paid' }))).toBe(400);
  });

  it('verifies every call of a batch for itself', async () => {
    const { clientWith, far } = await start(judge());
    const client = clientWith(httpBatchLink);
    expect(await Promise.all([client.whoami.query(), client.whoami.query()])).toEqual([verified, verified]);
    expect(far.received).toHaveLength(2);
  });

  it('takes the verdict of an express() in front of it', async () => {
    const { clientWith, far } = await start(judge(), { behindExpress: true });
    expect(await clientWith(httpLink).whoami.query()).toEqual(verified);
    expect(far.received).toHaveLength(1);
  });

  it.each([
    ['no credential', {}, 401, 'Bearer'],
    ['a wrong one', { authorization: 'x' }, 401, 'Bearer error="invalid_token"'],
    ['one in another header', { 'x-api-key': TOKEN }, 400, null],
  ])('answers %s in tRPC’s shape, with the headers of the table', async (_, headers, status, challenge) => {
    const { server, seen } = await start(judge());
    const answer = await fetch(`${server.url}/whoami`, { headers: headers as Record<string, string> });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([status, challenge]);
    expect(await answer.json()).toMatchObject({ error: { message: 'Refused.', data: { httpStatus: status } } });
    expect(seen).toEqual([]);
  });

  it('require() lets nobody in whom verification has refused, and of a batch nobody’s headers are told', async () => {
    const { clientWith, server, far } = await start(judge());
    const client = clientWith(httpBatchLink, 'Bearer x');
    const calls = [client.whoami.query(), client.toggle.mutate({ key: 'checkout' })];
    expect(await Promise.all(calls.map(refusalOf))).toEqual([401, 401]);
    expect(far.received.every(({ path }) => path.endsWith('verify.verify'))).toBe(true);
    const answer = await fetch(`${server.url}/whoami,whoami?batch=1`);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, null]);
  });

  it('names what is missing', async () => {
    const { server } = await start(judge(deny));
    const answer = await fetch(`${server.url}/toggle`, {
      method: 'POST',
      body: '{"key":"checkout"}',
      headers: { authorization: TOKEN, 'content-type': 'application/json' },
    });
    expect([answer.status, answer.headers.get('latchkey-missing-permission')]).toEqual([
      403,
      `${missing.action} ${missing.resource}`,
    ]);
  });

  it('is 503 when Latchkey can not be asked (FAIL-CLOSED)', async () => {
    const { clientWith, seen } = await start(() => refusal(500, 'INTERNAL'));
    expect(await refusalOf(clientWith(httpLink).whoami.query())).toBe(503);
    expect(seen).toEqual([]);
  });
});

describe('trpc() elsewhere', () => {
  it('on a fetch-style server, with the body left to the adapter', async () => {
    const { far, latchkey } = await startClient(judge());
    stops.push(far.stop);
    const t = initTRPC.context<{ readonly req: Request }>().create({ isDev: false });
    const guard = latchkey.trpc<{ readonly req: Request }>();
    const router = t.router({
      echo: t.procedure
        .input((input) => input as { readonly text: string })
        .use(guard)
        .mutation(({ ctx, input }) => [input.text, ctx.latchkey.token.name, ctx.req.headers.get('authorization')]),
    });
    const ask = (headers: Record<string, string>) =>
      fetchRequestHandler({
        endpoint: '/trpc',
        router,
        req: new Request('https://shop.example/trpc/echo', {
          method: 'POST',
          body: '{"text":"hello"}',
          headers: { 'content-type': 'application/json', ...headers },
        }),
        createContext: ({ req }) => ({ req }),
        responseMeta: refusalMeta,
      });
    const answer = await ask({ authorization: TOKEN });
    expect(await answer.json()).toEqual({ result: { data: ['hello', 'ci', null] } });
    expect((await ask({})).headers.get('www-authenticate')).toBe('Bearer');
  });

  it('on a connection that stays open, each call asks again (DEAD-ON-RETURN)', async () => {
    let isStopped = false;
    const answer = judge();
    const { far, latchkey } = await startClient((received) =>
      isStopped ? answer({ ...received, input: {} }) : answer(received),
    );
    stops.push(far.stop);
    const headers = { authorization: TOKEN };
    const req = {
      headers,
      headersDistinct: { authorization: [TOKEN] },
      rawHeaders: ['Authorization', TOKEN],
      socket: {},
    };
    const caller = routerOf(latchkey, []).createCaller({ req: req as unknown as ExpressRequest, own: 'x' });
    expect(await caller.whoami()).toEqual(verified);
    expect(await caller.whoami()).toEqual(verified);
    isStopped = true;
    const refused = await caller.whoami().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TRPCError);
    expect((refused as TRPCError).cause).toBeInstanceOf(CallRefused);
  });
});
