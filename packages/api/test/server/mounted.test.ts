import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';

import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import express from 'express';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiContext, ApiDeps } from '../../src/server.ts';
import { createLatchkey } from '../../src/server.ts';
import { trpc } from '../../src/trpc/trpc.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let token: string;
beforeAll(async () => {
  installation = await openInstallation();
  token = (await (await installation.member('acme', 'dana')).tokens.issue({ name: 'script' })).tokenText;
});
afterAll(() => installation.close());

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const serve = async (listener: Parameters<typeof createServer>[1] & object): Promise<string> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** The host says who is calling by a header of its own. */
const authenticateMember = async (request: { readonly headers: Record<string, string | string[] | undefined> }) => {
  const user = request.headers['x-host-user'];
  return typeof user === 'string' ? { organizationId: 'acme', memberId: user, signedInAt: Date.now() } : null;
};

describe('mounted at a path of an application of somebody else', () => {
  const start = async (deps: ApiDeps = installation.deps) => {
    const failures: unknown[] = [];
    const latchkey = await createLatchkey({ ...deps, authenticateMember });
    const app = express();
    app.use(express.json({ limit: '5mb' }));
    app.use(express.urlencoded());
    app.use('/latchkey', latchkey.express());
    app.post('/own', (request, response) => response.json({ got: request.body }));
    app.get('/own/fails', () => {
      throw new Error('the own failure');
    });
    app.use(((error, _request, response, _next) => {
      failures.push(error);
      response.status(418).send('own error page');
    }) as express.ErrorRequestHandler);
    return { url: await serve(app), failures, latchkey };
  };

  it('serves its API under that path, though the body has been parsed before', async () => {
    const { url } = await start();
    const issued = await fetch(`${url}/latchkey/trpc/tokens.issue`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-host-user': 'dana', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ name: 'through the host' }),
    });
    expect(await issued.json()).toMatchObject({
      result: { data: { token: { name: 'through the host', ownerId: 'dana' } } },
    });
    const whoami = await fetch(`${url}/latchkey/trpc/self.whoami`, { headers: { authorization: `Bearer ${token}` } });
    expect(await whoami.json()).toMatchObject({ result: { data: { type: 'token' } } });
    expect((await fetch(`${url}/latchkey/livez`)).status).toBe(200);
  });

  it('leaves the rest of the application alone: its headers, bodies and errors', async () => {
    const { url, failures } = await start();
    const own = await fetch(`${url}/own`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    expect(await own.json()).toEqual({ got: { a: 1 } });
    expect(own.headers.get('x-powered-by')).toBe('Express');
    for (const header of ['content-security-policy', 'latchkey-request-id', 'x-frame-options'])
      expect(own.headers.get(header)).toBeNull();
    expect((await fetch(`${url}/own/fails`)).status).toBe(418);
    expect(failures).toHaveLength(1);
    expect((await fetch(`${url}/nowhere`)).headers.get('content-security-policy')).not.toContain('frame-ancestors');
  });

  it('keeps its own errors to itself: the application’s handler sees none', async () => {
    const { url, failures } = await start();
    const unknown = await fetch(`${url}/latchkey/nowhere`);
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
    expect((await fetch(`${url}/latchkey/%E0%A4%A`)).status).toBe(404);
    const refused = await fetch(`${url}/latchkey/trpc/self.whoami`, { headers: { authorization: 'Bearer x' } });
    expect(refused.status).toBe(401);
    expect(failures).toEqual([]);
  });

  it('ends a surprise of its own as INTERNAL, wherever it happens: the application’s handler sees none', async () => {
    const lookUp = () => Promise.reject(new Error('a surprise'));
    const store = { ...installation.deps.store, tokens: { ...installation.deps.store.tokens, lookUp } };
    const { url, failures } = await start({ ...installation.deps, store });
    for (const path of ['/latchkey/api/v1/x', '/latchkey/trpc/self.whoami']) {
      const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      const text = await answer.text();
      expect([path, answer.status]).toEqual([path, 500]);
      expect(text).toContain('"INTERNAL"');
      expect(text).not.toContain('a surprise');
    }
    expect(failures).toEqual([]);
  });

  it('takes no form, though the application has parsed it into an object', async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/latchkey/trpc/tokens.issue`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-host-user': 'dana',
        'sec-fetch-site': 'same-origin',
      },
      body: 'name=form',
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      415,
      { error: { data: { code: 'UNSUPPORTED_MEDIA_TYPE' } } },
    ]);
  });

  it('asks the host who is calling, reads that member live, and has no sign-in of its own', async () => {
    const { url } = await start();
    const as = (user: string) => fetch(`${url}/latchkey/trpc/self.whoami`, { headers: { 'x-host-user': user } });
    expect(await (await as('olivia')).json()).toMatchObject({
      result: { data: { type: 'member', member: { id: 'olivia' } } },
    });
    expect((await as('nobody')).status).toBe(401);
    expect((await fetch(`${url}/latchkey/sign-in?link=${'A'.repeat(43)}`)).status).toBe(404);
    const crossSite = await fetch(`${url}/latchkey/trpc/tokens.issue`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-host-user': 'dana', origin: 'https://evil.example' },
      body: '{"name":"x"}',
    });
    expect([crossSite.status, await crossSite.json()]).toMatchObject([
      403,
      { error: { data: { code: 'CROSS_SITE' } } },
    ]);
  });

  it('never shows a token of ours to the host, and leaves the host’s own bearer credential to the host', async () => {
    const seen: (string | undefined)[] = [];
    const latchkey = await createLatchkey({
      ...installation.deps,
      authenticateMember: async (request) => {
        seen.push(request.headers.authorization);
        return request.headers.authorization === 'Bearer host-session'
          ? { organizationId: 'acme', memberId: 'adam', signedInAt: 0 }
          : null;
      },
    });
    const url = await serve(express().use(latchkey.express()));
    const as = (text: string) => fetch(`${url}/trpc/self.whoami`, { headers: { authorization: `Bearer ${text}` } });
    expect(await (await as('host-session')).json()).toMatchObject({ result: { data: { member: { id: 'adam' } } } });
    expect((await as('another-session')).status).toBe(401);
    expect(await (await as(token)).json()).toMatchObject({ result: { data: { type: 'token' } } });
    expect((await as(`${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`)).status).toBe(401);
    expect(seen).toEqual(['Bearer host-session', 'Bearer another-session']);
  });

  it('logs to the host’s logger without what drivers hang on their errors', async () => {
    let written = '';
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        written += chunk;
        done();
      },
    });
    const lookUp = () =>
      Promise.reject(Object.assign(new Error(`no ${token}`), { query: 'insert canary', parameters: ['canary'] }));
    const store = { ...installation.deps.store, tokens: { ...installation.deps.store.tokens, lookUp } };
    const latchkey = await createLatchkey({ ...installation.deps, store, logger: pino(sink), authenticateMember });
    const url = await serve(express().use(latchkey.express()));
    expect((await fetch(`${url}/trpc/self.whoami`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
      500,
    );
    expect(written).toContain('request failed');
    expect(written).not.toContain('canary');
    expect(written).not.toContain(token.slice(24, 60));
  });
});

it('its router merges into a router of the host, which tells it who is calling', async () => {
  const latchkey = await createLatchkey({ ...installation.deps, authenticateMember });
  const hostRouter = trpc.router({ hello: trpc.procedure.query(() => 'of the host') });
  const merged = trpc.mergeRouters(hostRouter, latchkey.router);
  const url = await serve(
    createHTTPHandler({
      router: merged,
      createContext: ({ req, res }): Promise<ApiContext> => latchkey.context(req, res),
    }),
  );
  const call = (path: string, authorization?: string) =>
    fetch(`${url}/${path}`, { headers: authorization ? { authorization } : {} });
  expect(await (await call('hello')).json()).toEqual({ result: { data: 'of the host' } });
  expect(await (await call('self.whoami', `Bearer ${token}`)).json()).toMatchObject({
    result: { data: { type: 'token' } },
  });
  // A public procedure too: a refused credential is final.
  const refused = await call('system.health', 'Bearer x');
  expect([refused.status, await refused.json()]).toMatchObject([401, { error: { data: { code: 'UNAUTHORIZED' } } }]);
});

describe('a removal by the host', () => {
  it('refuses the member’s tokens from its commit on, and settles only then (GATE-FIRST)', async () => {
    const latchkey = await createLatchkey({ ...installation.deps, authenticateMember });
    const owned = (await (await installation.member('acme', 'devin')).tokens.issue({ name: 'of devin' })).tokenText;
    const accepted = async () => (await installation.verifier().verify.verify({ presentedToken: owned })).accepted;
    const held = await installation.hold();
    await installation.deps.directory.members.remove(held.tx, 'acme', 'devin');
    const removedBy = { type: 'operator', id: 'host' } as const;
    const receipt = await latchkey.memberRemoved(held.tx, { organizationId: 'acme', memberId: 'devin', removedBy });
    await expect(latchkey.settle(receipt)).rejects.toThrow(/before the transaction .* was committed/);
    expect(await accepted()).toBe(true);
    await held.commit();
    expect(await latchkey.settle(receipt)).toEqual({ settled: true, settledMs: expect.any(Number) });
    expect(await accepted()).toBe(false);
    const [outbox] = await installation.sql<{ payload: object }>(
      "select payload from latchkey.outbox_message where payload->>'memberId' = 'devin'",
    );
    expect(outbox?.payload).toMatchObject({ memberId: 'devin', removedBy });
    const events = await installation.deps.store.audit.list('acme', {
      filter: { action: 'member.removed', targetId: 'devin' },
      limit: 10,
    });
    expect(events).toHaveLength(1);
  });

  it('that is rolled back changes nothing', async () => {
    const latchkey = await createLatchkey({ ...installation.deps, authenticateMember });
    const receipts: Awaited<ReturnType<typeof latchkey.memberRemoved>>[] = [];
    await installation.deps.store.unitOfWork
      .run(async (tx) => {
        receipts.push(
          await latchkey.memberRemoved(tx, {
            organizationId: 'acme',
            memberId: 'dana',
            removedBy: { type: 'operator', id: 'host' },
          }),
        );
        throw new Error('the host changed its mind');
      })
      .catch(() => undefined);
    expect((await installation.verifier().verify.verify({ presentedToken: token })).accepted).toBe(true);
    const [receipt] = receipts;
    if (receipt === undefined) throw new Error('no receipt');
    await expect(latchkey.settle(receipt)).rejects.toThrow();
  });
});

describe('starts only with what it can work with', () => {
  it('refuses keys that are too short or share an id', async () => {
    const { deps } = installation;
    const short = { ...deps.keys, peppers: [{ id: 'p', bytes: new Uint8Array(31) }] as const };
    await expect(createLatchkey({ ...deps, keys: short, authenticateMember })).rejects.toThrow(/peppers is shorter/);
    const [pepper] = deps.keys.peppers;
    const twice = { ...deps.keys, tagKeys: [pepper, pepper] as const };
    await expect(createLatchkey({ ...deps, keys: twice, authenticateMember })).rejects.toThrow(/tagKeys have one id/);
  });

  it('refuses a schema that is behind', async () => {
    const store = { ...installation.deps.store, pendingMigrations: async () => ['store-9999-later'] };
    await expect(createLatchkey({ ...installation.deps, store, authenticateMember })).rejects.toThrow(
      /latchkey-server migrate.*store-9999-later/,
    );
  });
});
