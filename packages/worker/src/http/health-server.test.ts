import { afterEach, expect, it } from 'vitest';
import type { WorkersHealth } from '../workers.ts';
import { type HealthServer, startHealthServer } from './health-server.ts';

let server: HealthServer | undefined;
afterEach(() => server?.close());

const ask = async (health: () => Promise<WorkersHealth>, path: string, init?: RequestInit) => {
  server = await startHealthServer({ health }, { host: '127.0.0.1', port: 0 });
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
  return { status: response.status, body: await response.text() };
};

const ready = async (): Promise<WorkersHealth> => ({
  ready: true,
  backend: 'postgres',
  problem: null,
  outbox: { count: 0, oldestMs: 0, deadCount: 0 },
});

it('a worker that relays and handles is ready', async () => {
  expect(await ask(ready, '/readyz')).toMatchObject({ status: 200, body: expect.stringContaining('"postgres"') });
});

it('a worker that does not is 503, and its trouble is not told to whoever asks', async () => {
  const answer = await ask(
    async () => ({ ready: false, backend: 'redis', problem: 'connect ECONNREFUSED 10.0.0.7', outbox: null }),
    '/readyz',
  );
  expect(answer.status).toBe(503);
  expect(answer.body).not.toContain('10.0.0.7');
});

it('a health check that throws is 503', async () => {
  expect(await ask(() => Promise.reject(new Error('broken')), '/readyz')).toMatchObject({ status: 503 });
});

it('a worker that is not ready is alive all the same', async () => {
  expect(await ask(() => Promise.reject(new Error('broken')), '/livez')).toMatchObject({ status: 200 });
});

it('nothing else is served', async () => {
  expect(await ask(ready, '/')).toMatchObject({ status: 404 });
  await server?.close();
  expect(await ask(ready, '/livez', { method: 'POST' })).toMatchObject({ status: 405 });
});
