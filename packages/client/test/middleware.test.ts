import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatchkeyClient, resource } from '../src/index.ts';
import { type Answer, data, type Received, refusal, startLatchkeyDouble } from './latchkey-double.ts';

const TOKEN = `lk_pat_3fK0aZ81bQ7rTx2m_${'s'.repeat(49)}`;
const verified = {
  tokenId: '3fK0aZ81bQ7rTx2m',
  kind: 'personal',
  name: 'ci',
  organizationId: 'acme',
  project: null,
  ownerId: 'dana',
} as const;
const accepted = { accepted: true, token: verified } as const;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const start = async (answer: (received: Received) => Answer, organization = 'acme') => {
  const far = await startLatchkeyDouble(answer);
  const latchkey = createLatchkeyClient({
    url: `${far.url}/`,
    credential: 'the-credential',
    timeoutMs: 1_000,
    cache: false,
  });
  const app = express();
  const reached: unknown[] = [];
  app.post(
    '/flags/:key/toggle',
    latchkey
      .forOrganization(organization)
      .require('ToggleFlag', ({ params }) =>
        resource(['project', 'shop'], ['env', 'prod'], ['flag', params.key, { tags: ['beta'] }]),
      ),
    (request, response) => {
      reached.push({ rawHeaders: request.rawHeaders, headers: request.headers, token: request.latchkey?.token });
      response.json({ ok: true });
    },
  );
  app.post(
    '/behind/:key/toggle',
    latchkey.express(),
    latchkey.forOrganization(organization).require('ToggleFlag', ({ params }) => resource(['flag', params.key])),
    (_request, response) => {
      reached.push('behind');
      response.json({ ok: true });
    },
  );
  app.get('/me', latchkey.express(), (request, response) => {
    response.json(request.latchkey?.token);
  });
  const server = createServer(app);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  stops.push(far.stop, () => new Promise((stopped) => server.close(() => stopped()).closeAllConnections()));
  const url = `http://127.0.0.1:${port}`;
  return {
    far,
    port,
    url,
    reached,
    toggle: (key: string, headers: Record<string, string>) =>
      fetch(`${url}/flags/${key}/toggle`, { method: 'POST', headers }),
  };
};

const allow = ({ path }: Received) =>
  path.includes('decide') ? data({ verdict: accepted, decision: { effect: 'allow' } }) : data(accepted);

describe('require()', () => {
  it("TENANT-WALL: of one organization, it lets no other's token in that express() before it took", async () => {
    const { url, reached, far } = await start(allow, 'globex');
    const asked = { method: 'POST', headers: { authorization: TOKEN } };
    const response = await fetch(`${url}/behind/checkout/toggle`, asked);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ success: false, errors: ['Unauthorized'], data: null });
    expect(reached).toEqual([]);
    expect(far.received.map(({ path }) => path)).toEqual(['/trpc/verify.verify']);
    const own = await start(allow, 'acme');
    expect((await fetch(`${own.url}/behind/checkout/toggle`, asked)).status).toBe(200);
  });

  it('lets an allowed token through, once the API has said so of this action on this resource', async () => {
    const { toggle, far, reached } = await start(allow);
    const response = await toggle('checkout', { authorization: `Bearer ${TOKEN}`, 'user-agent': 'curl/8' });
    expect(response.status).toBe(200);
    expect(reached).toMatchObject([{ token: verified }]);
    expect(far.received.map(({ path }) => path)).toEqual(['/trpc/verify.verify', '/trpc/verify.decide']);
    expect(far.received.every(({ authorization }) => authorization === 'Bearer the-credential')).toBe(true);
    expect(far.received[1]?.input).toEqual({
      presentedToken: TOKEN,
      organizationId: 'acme',
      address: '127.0.0.1',
      client: 'curl/8',
      request: {
        action: 'ToggleFlag',
        resource: {
          segments: [
            { type: 'project', key: 'shop' },
            { type: 'env', key: 'prod' },
            { type: 'flag', key: 'checkout', tags: ['beta'] },
          ],
        },
      },
    });
  });

  it('takes Authorization off before anything behind it can forward it', async () => {
    const { toggle, reached } = await start(allow);
    await toggle('checkout', { authorization: TOKEN });
    expect(JSON.stringify(reached)).not.toContain(TOKEN);
    expect(JSON.stringify(reached).toLowerCase()).not.toContain('authorization');
  });

  it('answers 403 with the missing permission, without tags, where the token may not', async () => {
    const missing = { action: 'ToggleFlag', resource: 'project/shop:env/prod:flag/checkout' };
    const { toggle, reached } = await start(({ path }) =>
      path.includes('decide')
        ? data({ verdict: accepted, decision: { effect: 'deny', because: 'no_allow', layer: 'owner', missing } })
        : data(accepted),
    );
    const response = await toggle('checkout', { authorization: TOKEN });
    expect(response.status).toBe(403);
    expect(await response.text()).toBe('{"success":false,"errors":["Forbidden"],"data":null}');
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
    expect(response.headers.get('latchkey-missing-permission')).toBe('ToggleFlag project/shop:env/prod:flag/checkout');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(reached).toEqual([]);
  });

  it('answers 400 to a path parameter that would bring its own tags', async () => {
    const { toggle, far } = await start(allow);
    const response = await toggle('checkout;paid', { authorization: TOKEN });
    expect(response.status).toBe(400);
    expect(far.received.some(({ path }) => path.includes('decide'))).toBe(false);
  });

  it("refuses another organization's token like an unknown one (TENANT-WALL)", async () => {
    const { toggle, reached } = await start(allow, 'globex');
    const response = await toggle('checkout', { authorization: TOKEN });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(reached).toEqual([]);
  });

  it('refuses a token that was stopped between verification and decision (DEAD-ON-RETURN)', async () => {
    const { toggle, reached } = await start(({ path }) =>
      path.includes('decide') ? data({ verdict: { accepted: false, status: 401 }, decision: null }) : data(accepted),
    );
    expect((await toggle('checkout', { authorization: TOKEN })).status).toBe(401);
    expect(reached).toEqual([]);
  });
});

describe('express()', () => {
  it('puts the verdict where the handler finds it', async () => {
    const { url } = await start(allow);
    const response = await fetch(`${url}/me`, { headers: { authorization: `bearer ${TOKEN}` } });
    expect(await response.json()).toEqual(verified);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['no credential', {}, 401, 'Bearer'],
    ['a token in another header', { 'x-api-key': TOKEN }, 400, null],
  ])('asks nobody about %s', async (_, headers, status, challenge) => {
    const { url, far } = await start(allow);
    const response = await fetch(`${url}/me`, { headers: headers as Record<string, string> });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([status, challenge]);
    expect(far.received).toEqual([]);
  });

  it('answers 400 to two Authorization headers, of which Node itself would show the first', async () => {
    const { port, far } = await start(allow);
    const answer = await new Promise<string>((done, failed) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.end(
          `GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: ${TOKEN}\r\nAuthorization: ${TOKEN}\r\nConnection: close\r\n\r\n`,
        ),
      );
      let text = '';
      socket
        .on('data', (chunk) => {
          text += chunk;
        })
        .on('close', () => done(text))
        .on('error', failed);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(far.received).toEqual([]);
  });

  it.each([401, 403] as const)('passes on %i of the verdict in the words of the envelope', async (status) => {
    const refused = status === 401 ? { accepted: false, status } : { accepted: false, status, reason: 'inactive' };
    const { url } = await start(() => data(refused));
    const response = await fetch(`${url}/me`, { headers: { authorization: TOKEN } });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      success: false,
      errors: [status === 401 ? 'Unauthorized' : 'Forbidden'],
      data: null,
    });
  });
});

describe('FAIL-CLOSED', () => {
  it.each([
    ['hangs up', 'hang up' as const],
    ['answers 500', refusal(500, 'INTERNAL')],
    ['answers 503', refusal(503, 'STORE_UNAVAILABLE')],
    ["refuses this service's own credential", refusal(401, 'UNAUTHORIZED')],
    ['answers what is no verdict', data({ accepted: 'yes' })],
    ['answers a verdict with unknown status', data({ accepted: false, status: 200 })],
    ['answers something that is not tRPC', { status: 200, body: 'welcome' }],
  ])('is 503, never 401 and never let in, when Latchkey %s', async (_, answer) => {
    const { toggle, reached } = await start(() => answer);
    const response = await toggle('checkout', { authorization: TOKEN });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.text()).toBe('{"success":false,"errors":["ServiceUnavailable"],"data":null}');
    expect(reached).toEqual([]);
  });

  it('is 503 where the decision is missing from an accepted answer', async () => {
    const { toggle, reached } = await start(({ path }) =>
      path.includes('decide') ? data({ verdict: accepted, decision: null }) : data(accepted),
    );
    expect((await toggle('checkout', { authorization: TOKEN })).status).toBe(503);
    expect(reached).toEqual([]);
  });

  it('follows no redirect with its credential', async () => {
    const elsewhere = await startLatchkeyDouble(() => data(accepted));
    stops.push(elsewhere.stop);
    const server = createServer((_request, response) => {
      response.writeHead(307, { location: `${elsewhere.url}/trpc/verify.verify` }).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    stops.push(() => new Promise((stopped) => server.close(() => stopped()).closeAllConnections()));
    const { port } = server.address() as AddressInfo;
    const latchkey = createLatchkeyClient({ url: `http://127.0.0.1:${port}`, credential: 'c', cache: false });
    await expect(latchkey.verify(TOKEN)).rejects.toMatchObject({ name: 'LatchkeyUnavailable' });
    expect(elsewhere.received).toEqual([]);
  });
});
