import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase, type Database, findFreePort } from '@latchkey/embedded';
import { afterAll, afterEach, beforeAll, expect, inject, it, vi } from 'vitest';

// Programs of their own start one after the other here, beside whatever else the machine does.
vi.setConfig({ testTimeout: 90_000 });

const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'latchkey-serve-'));
let database: Database;
let environment: Record<string, string>;

const start = (args: readonly string[], more: Record<string, string> = {}) => {
  const child = spawn(process.execPath, ['--conditions=@latchkey/source', bin, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    err += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  running.push(child);
  return { child, ended, out: () => out, err: () => err };
};
type Running = ReturnType<typeof start>;

const running: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

const messages = (server: Running) =>
  server
    .out()
    .split('\n')
    .filter((line) => line !== '')
    .map(
      (line) =>
        JSON.parse(line) as {
          readonly msg: string;
          readonly url?: string;
          readonly metricsPort?: number;
          readonly inTime?: boolean;
        },
    );

const serve = async (more: Record<string, string> = {}) => {
  const port = await findFreePort();
  const server = start(['serve'], { LATCHKEY_PORT: String(port), ...more });
  const listening = () => messages(server).find(({ msg }) => msg === 'listening');
  await expect.poll(listening, { timeout: 20_000, interval: 50 }).toBeDefined();
  return { ...server, port, url: listening()?.url ?? '' };
};

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'), 'api_serve');
  environment = { DATABASE_URL: database.url, LATCHKEY_DATA_DIR: join(folder, 'data') };
  const migrating = start(['migrate'], { DATABASE_ADMIN_URL: database.url });
  expect(await migrating.ended, migrating.err()).toBe(0);
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

it('says where it listens in a line of JSON, answers there, and ends with 0 when asked to', async () => {
  const server = await serve();
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  server.child.kill('SIGTERM');
  expect(await server.ended).toBe(0);
  expect(messages(server).at(-1)).toMatchObject({ msg: 'stopped', inTime: true });
  await expect(fetch(`${server.url}/livez`)).rejects.toThrow();
});

it('tells Prometheus on a port of its own, and nobody on the one that everybody reaches', async () => {
  const server = await serve({ LATCHKEY_METRICS_PORT: '0' });
  const { metricsPort } = messages(server).find(({ msg }) => msg === 'listening') ?? {};
  const metrics = `http://127.0.0.1:${metricsPort}`;
  const told = await fetch(`${metrics}/metrics`);
  expect([told.status, told.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(told.headers.get('content-type')).toMatch(/^text\/plain; version=/);
  const text = await told.text();
  expect(text).toMatch(/^latchkey_verifier_lease\{state="valid"\} [01]$/m);
  expect(text).toMatch(/^latchkey_server_process_cpu_seconds_total /m);
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  expect((await fetch(`${metrics}/livez`)).status).toBe(404);
  expect((await fetch(`${metrics}/metrics`, { method: 'POST' })).status).toBe(405);
  server.child.kill('SIGTERM');
  expect(await server.ended).toBe(0);
});

it('lets a call in flight end, and takes no new one, while it stops', async () => {
  const server = await serve();
  const init = start(['init', '--demo', '--json']);
  expect(await init.ended, init.err()).toBe(0);
  const { demoToken } = JSON.parse(init.out()) as { demoToken: string };
  const body = JSON.stringify({ presentedToken: demoToken });
  const credential = start(['credential', 'verifier', '--name', 'sibling']);
  expect(await credential.ended).toBe(0);
  const call = httpRequest(`${server.url}/trpc/verify.verify`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${credential.out().trim()}`,
      'content-type': 'application/json',
      'content-length': String(body.length),
      // The server says that it has the headers and waits for the body: from then on the call is in flight.
      expect: '100-continue',
    },
  });
  const answered = once(call, 'response');
  const inFlight = once(call, 'continue');
  call.flushHeaders();
  await inFlight;
  server.child.kill('SIGINT');
  await expect.poll(() => messages(server).some(({ msg }) => msg === 'stopping')).toBe(true);
  await expect
    .poll(() =>
      fetch(`${server.url}/livez`).then(
        () => 'answered',
        () => 'refused',
      ),
    )
    .toBe('refused');
  call.end(body);
  const [response] = (await answered) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  expect(JSON.parse(text)).toMatchObject({ result: { data: { accepted: true, token: { name: 'Demo token' } } } });
  expect(await server.ended).toBe(0);
  expect(messages(server).at(-1)).toMatchObject({ msg: 'stopped', inTime: true });
});

it('a port in use is one sentence and exit code 1', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const server = start(['serve'], { LATCHKEY_PORT: String(port) });
  expect(await server.ended).toBe(1);
  expect(server.err()).toBe(
    `latchkey-server: Port ${port} of 127.0.0.1 is in use. Stop what listens there, or set LATCHKEY_PORT.\n`,
  );
  taken.close();
});

it('port 0 takes a free one, and says which', async () => {
  const server = start(['serve'], { LATCHKEY_PORT: '0' });
  const listening = () => messages(server).find(({ msg }) => msg === 'listening');
  await expect.poll(listening, { timeout: 20_000, interval: 50 }).toBeDefined();
  expect((await fetch(`${listening()?.url}/livez`)).status).toBe(200);
});

it('two that start at once on a fresh folder agree on the keys', async () => {
  const data = { LATCHKEY_DATA_DIR: join(folder, 'fresh') };
  const [first, second] = await Promise.all([serve(data), serve(data)]);
  const issuing = start(['credential', 'verifier', '--name', 'of both'], data);
  expect(await issuing.ended, issuing.err()).toBe(0);
  for (const { url } of [first, second]) {
    const answer = await fetch(`${url}/trpc/verify.verify`, {
      method: 'POST',
      headers: { authorization: `Bearer ${issuing.out().trim()}`, 'content-type': 'application/json' },
      body: '{"presentedToken":"x"}',
    });
    expect([answer.status, await answer.json()]).toEqual([200, { result: { data: { accepted: false, status: 401 } } }]);
  }
});

it('in production it starts with nothing but what it asks for, and then signs nobody in', async () => {
  const key = (id: string) => `${id}:${Buffer.alloc(32, id).toString('base64url')}`;
  const server = await serve({
    LATCHKEY_DATA_DIR: '',
    LATCHKEY_ENV: 'production',
    LATCHKEY_PEPPERS: key('p'),
    LATCHKEY_TAG_KEYS: key('t'),
    LATCHKEY_CURSOR_KEYS: key('c'),
    LATCHKEY_PUBLIC_URL: 'https://latchkey.example',
    LATCHKEY_SIGN_IN: 'none',
  });
  const own = `http://127.0.0.1:${server.port}`;
  const alive = await fetch(`${own}/livez`);
  expect(alive.headers.get('strict-transport-security')).toMatch(/^max-age=\d+$/);
  expect((await fetch(`${own}/sign-in?link=${'A'.repeat(43)}`)).status).toBe(404);
  const refused = start(['serve'], { LATCHKEY_ENV: 'production', LATCHKEY_PORT: '0' });
  expect(await refused.ended).toBe(2);
  expect(refused.err()).toContain('LATCHKEY_PEPPERS');
});
