import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPostgresJobs, createRedisJobs, type JobBackend } from '@latchkey/worker';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAskServer } from '../src/board/ask-server.ts';
import { type Board, startBoard } from '../src/board/start-board.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from './faults/redis-server.ts';
import { type Installation, openInstallation } from './installation.ts';

const logger = pino({ level: 'silent' });

/** The far side of the question: what the server answers to the session of each cookie. */
const people: Readonly<Record<string, { readonly organization: string; readonly administers: boolean }>> = {
  'session=olivia': { organization: 'acme', administers: true },
  'session=dana': { organization: 'acme', administers: false },
  'session=eve': { organization: 'evil', administers: true },
};
let trouble: 'none' | 'errors' | 'nonsense' | 'redirects' = 'none';
const startServer = async (): Promise<Server> => {
  const server = createServer((request, response) => {
    const person = people[request.headers.cookie ?? ''];
    const answer = (status: number, body: string, headers = {}) => response.writeHead(status, headers).end(body);
    if (trouble === 'errors') return answer(503, '{}');
    if (trouble === 'nonsense') return answer(200, '<html>');
    if (trouble === 'redirects') return answer(302, '', { location: '/elsewhere' });
    if (person === undefined) return answer(401, '{}');
    if (request.url === '/api/v1/self') {
      return answer(
        200,
        JSON.stringify({ success: true, data: { type: 'member', organization: { id: person.organization } } }),
      );
    }
    return answer(person.administers ? 200 : 403, '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

describe.each([
  { backend: 'postgres', missing: false },
  { backend: 'redis', missing: !hasRedisServer },
])('the board, with jobs on $backend', ({ backend, missing }) => {
  let installation: Installation;
  let redis: RedisServer | null = null;
  let server: Server;
  let jobs: JobBackend;
  let board: Board;
  const closers: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    if (missing) return;
    trouble = 'none';
    installation = await openInstallation();
    redis = backend === 'redis' ? await startRedisServer() : null;
    server = await startServer();
    jobs =
      redis === null
        ? createPostgresJobs({ url: installation.workerUrl, logger })
        : createRedisJobs({ url: redis.url, logger });
    await jobs.prepare(new AbortController().signal);
    const queue = jobs.openQueue('cascade-member-removal');
    await queue.add([{ name: 'cascade-member-removal', data: { organizationId: 'acme' }, jobId: 'job-to-be-seen' }]);
    const view = jobs.openView('cascade-member-removal');
    board = await startBoard({
      queues: [view],
      askServer: createAskServer({
        serverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        organizationId: 'acme',
        timeoutMs: 2_000,
      }),
      ...{ publicUrl: 'https://latchkey.example', host: '127.0.0.1', port: 0, logger },
    });
    closers.push(
      installation.close,
      async () => redis?.stop(),
      jobs.close,
      queue.close,
      () => view.close(),
      board.close,
    );
  });
  afterEach(async () => {
    server?.close();
    server?.closeAllConnections();
    for (const close of closers.splice(0).reverse()) await close();
  });
  const get = (path: string, cookie?: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${board.port}${path}`, {
      method,
      redirect: 'manual',
      headers: cookie === undefined ? {} : { cookie },
    });
  const paths = ['/jobs/api/queues', '/jobs/static/favicon-32x32.png', '/jobs/queue/cascade-member-removal'];

  it.skipIf(missing)('shows jobs to an administrator of the organization that runs the installation', async () => {
    const page = await get('/jobs', 'session=olivia');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Latchkey jobs');
    const listed = await get('/jobs/api/queues?activeQueue=cascade-member-removal&status=waiting', 'session=olivia');
    expect(listed.status).toBe(200);
    expect(await listed.text()).toContain('job-to-be-seen');
    expect(listed.headers.get('cache-control')).toBe('no-store');
  });

  it.skipIf(missing)('shows nobody else anything: TENANT-WALL, DEFAULT-DENY', async () => {
    for (const path of paths) {
      expect([path, (await get(path)).status]).toEqual([path, 401]);
      expect([path, (await get(path, 'session=unknown')).status]).toEqual([path, 401]);
      expect([path, (await get(path, 'session=dana')).status]).toEqual([path, 403]);
      expect([path, (await get(path, 'session=eve')).status]).toEqual([path, 403]);
    }
    const signIn = await get('/jobs');
    expect([signIn.status, signIn.headers.get('location')]).toEqual([302, 'https://latchkey.example']);
    expect((await get('/elsewhere', 'session=olivia')).status).toBe(404);
  });

  it.skipIf(missing)('FAIL-CLOSED: a server that errs, talks nonsense or is away lets nobody in', async () => {
    for (const each of ['errors', 'nonsense', 'redirects'] as const) {
      trouble = each;
      expect([each, (await get('/jobs/api/queues', 'session=olivia')).status]).toEqual([each, 503]);
    }
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect((await get('/jobs/api/queues', 'session=olivia')).status).toBe(503);
  });

  it.skipIf(missing)('changes nothing, whoever asks', async () => {
    const touch = '/jobs/api/queues/cascade-member-removal/job-to-be-seen/clean';
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH']) {
      expect((await get(touch, 'session=olivia', method)).status).toBe(405);
    }
    const listed = await get('/jobs/api/queues?activeQueue=cascade-member-removal&status=waiting', 'session=olivia');
    expect(await listed.text()).toContain('job-to-be-seen');
  });
});
