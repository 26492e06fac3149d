import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLatchkey, type Latchkey, nodeCrypto } from '@latchkey/api/server';
import { createApi, createLatchkeyClient } from '@latchkey/client';
import { createEmbeddedDirectory, directoryEntities } from '@latchkey/host';
import { directoryMigrations } from '@latchkey/host/migrations';
import { openStore } from '@latchkey/store';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, startInstallation } from './harness/installation.ts';

let installation: Installation;
let latchkey: Latchkey;
let server: Server;
let store: Awaited<ReturnType<typeof openStore>>;
let url: string;

const keyRing = (id: string) => [{ id, bytes: randomBytes(32) }] as const;

beforeAll(async () => {
  installation = await startInstallation();
  store = await openStore({
    url: installation.databaseUrl,
    entities: directoryEntities,
    migrations: directoryMigrations,
    applicationName: 'somebody-elses-app',
  });
  const clock = { now: () => Date.now() };
  const directory = createEmbeddedDirectory({
    entityManagerOf: store.entityManagerOf,
    entityManager: store.entityManager,
    clock,
  });
  server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  latchkey = await createLatchkey({
    store,
    host: directory.host,
    directory,
    crypto: nodeCrypto,
    clock,
    keys: { peppers: keyRing('p1'), tagKeys: keyRing('t1'), cursorKeys: keyRing('c1') },
    settings: {
      prefixes: ['acme'],
      publicUrl: `${url}/latchkey`,
      sessionIdleMs: 3_600_000,
      sessionAbsoluteMs: 3_600_000,
      signInLinkMs: 3_600_000,
      signInAttempts: { count: 20, windowMs: 60_000 },
      trustedProxyCount: 0,
    },
    logger: pino({ level: 'silent' }),
    // The foreign application signs its own people in: here a header stands for whatever it does.
    authenticateMember: async (request) => {
      const memberId = request.headers['x-signed-in-as'];
      return typeof memberId === 'string' ? { organizationId: 'acme', memberId, signedInAt: clock.now() } : null;
    },
  });

  const app = express();
  app.use(express.json());
  app.use('/latchkey', latchkey.express());
  app.post('/own', (request, response) => {
    response.json({ own: request.body });
  });
  app.get('/broken', () => {
    throw new Error("the app's own affair");
  });
  app.use(((_error, _request, response, _next) => {
    response.status(418).send('handled by the app');
  }) satisfies express.ErrorRequestHandler);
  server.on('request', app);
});
afterAll(async () => {
  await latchkey?.close();
  server?.closeAllConnections();
  await new Promise((stopped) => server?.close(stopped));
  await store?.close();
  await installation?.stop();
});

const as = (memberId: string) =>
  createApi({
    url: `${url}/latchkey`,
    credential: null,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('x-signed-in-as', memberId);
      headers.set('origin', url);
      return fetch(input, { ...init, headers });
    },
  });

describe('Latchkey mounted in an express application of somebody else', () => {
  it('issues and verifies tokens of its own prefix for members that the application signed in', async () => {
    const { tokenText, token } = await as('dana').tokens.issue.mutate({ name: 'from the plugin' });
    expect(tokenText).toMatch(/^acme_pat_/);
    const who = await createApi({ url: `${url}/latchkey`, credential: tokenText }).self.whoami.query();
    expect(who).toMatchObject({ type: 'token', token: { tokenId: token.tokenId }, member: { id: 'dana' } });
  });

  it('lets nobody in whom the application does not know', async () => {
    await expect(as('nobody').tokens.list.query()).rejects.toMatchObject({ data: { code: 'UNAUTHORIZED' } });
  });

  it("knows nothing of another installation's tokens and credentials", async () => {
    for (const credential of [installation.demoToken, installation.verifierCredential]) {
      const { api } = createLatchkeyClient({ url: `${url}/latchkey`, credential });
      await expect(api.self.whoami.query()).rejects.toMatchObject({ data: { httpStatus: 401 } });
    }
  });

  it("leaves the application's own routes, bodies and errors alone", async () => {
    const own = await fetch(`${url}/own`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    expect(await own.json()).toEqual({ own: { a: 1 } });
    expect(own.headers.get('content-security-policy')).toBeNull();
    expect((await fetch(`${url}/broken`)).status).toBe(418);
    expect((await fetch(`${url}/latchkey/nowhere`)).status).toBe(404);
  });

  it("closes a member's gate inside the application's own transaction (GATE-FIRST)", async () => {
    const { tokenText } = await as('devin').tokens.issue.mutate({ name: 'about to go' });
    const whoami = () => createApi({ url: `${url}/latchkey`, credential: tokenText }).self.whoami.query();
    const removal = { organizationId: 'acme', memberId: 'devin', removedBy: { type: 'operator', id: 'app' } } as const;
    const rolledBack = store.unitOfWork.run(async (tx) => {
      await latchkey.memberRemoved(tx, removal);
      throw new Error('the application changed its mind');
    });
    await expect(rolledBack).rejects.toThrow('changed its mind');
    expect((await whoami()).type).toBe('token');

    const receipt = await store.unitOfWork.run((tx) => latchkey.memberRemoved(tx, removal));
    expect(await latchkey.settle(receipt)).toEqual({ settled: true, settledMs: expect.any(Number) });
    await expect(whoami()).rejects.toMatchObject({ data: { httpStatus: 403 } });
  });
});
