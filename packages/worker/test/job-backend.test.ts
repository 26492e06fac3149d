import { randomBytes } from 'node:crypto';
import { createDatabase, type Database } from '@latchkey/embedded';
import { createPostgresJobs, createRedisJobs, type JobBackend, UnfitBackend } from '@latchkey/worker';
import { DelayedError } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { awaitUntil } from './await-until.ts';
import { redis } from './redis.ts';

const logger = pino({ level: 'silent' });
const never = new AbortController().signal;
let database: Database;
let workerUrl: string;
// Roles belong to the whole cluster, which other runs may share.
const role = `bullmq_tester_${randomBytes(6).toString('hex')}`;

/** As the store's migration leaves it: the schema exists, and the worker's role may make tables in it, and nowhere else. */
beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'), 'job_backend');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`
    CREATE ROLE ${role} LOGIN PASSWORD 'tester';
    CREATE SCHEMA bullmq;
    GRANT USAGE, CREATE ON SCHEMA bullmq TO ${role};
    REVOKE ALL ON SCHEMA public FROM ${role};
  `);
  await client.end();
  const url = new URL(database.url);
  url.username = role;
  url.password = 'tester';
  workerUrl = url.href;
});

afterAll(async () => {
  await database.drop();
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query(`DROP ROLE ${role}`);
  await client.end();
  await redis?.stop();
});

const backends = [
  { kind: 'postgres', open: () => createPostgresJobs({ url: workerUrl, logger }) },
  { kind: 'redis', open: () => createRedisJobs({ url: redis?.url ?? '', logger }) },
] as const;

describe.each(backends)('jobs on $kind', ({ kind, open }) => {
  const opened: JobBackend[] = [];
  const openReady = async () => {
    const jobs = open();
    opened.push(jobs);
    await jobs.prepare(never);
    return jobs;
  };
  afterEach(async () => {
    for (const jobs of opened.splice(0)) await jobs.close();
  });

  it.skipIf(kind === 'redis' && redis === undefined)(
    'make one job of a message that is relayed twice, and forget it once it is done',
    async () => {
      const jobs = await openReady();
      const queue = jobs.openQueue('twice');
      const seen: string[] = [];
      const request = { name: 'twice', data: { n: 1 }, jobId: 'b1946ac9-2492-4d23-9e6c-1d2f3a4b5c6d' };
      await queue.add([request, request]);
      await queue.add([request]);
      const consumer = jobs.openConsumer('twice', async (job) => seen.push(job.id ?? ''), { concurrency: 2 });
      await awaitUntil('a job was handled', () => seen.length > 0);
      await queue.add([{ name: 'twice', data: {}, jobId: 'next' }]);
      await awaitUntil('the next job was handled', () => seen.includes('next'));
      expect(seen).toEqual([request.jobId, 'next']);
      // A database that was restored asks for it again: what a backend remembers must not matter.
      await awaitUntil('it is handled again', async () => {
        await queue.add([request]);
        return seen.filter((id) => id === request.jobId).length > 1;
      });
      await consumer.close();
      await queue.close();
    },
  );

  it.skipIf(kind === 'redis' && redis === undefined)('outlast any number of postponements', async () => {
    const jobs = await openReady();
    const queue = jobs.openQueue('postponed');
    let startCount = 0;
    let failedCount = 0;
    const consumer = jobs.openConsumer(
      'postponed',
      async (job, token) => {
        startCount += 1;
        failedCount = job.attemptsMade;
        if (startCount > 40) return;
        await job.moveToDelayed(Date.now() + 1, token);
        throw new DelayedError();
      },
      { concurrency: 1 },
    );
    await queue.add([{ name: 'postponed', data: {}, jobId: 'one' }]);
    await awaitUntil('it was started again and again', () => startCount > 40);
    expect(failedCount).toBe(0);
    await consumer.close();
    await queue.close();
  });

  it.skipIf(kind === 'redis' && redis === undefined)('can be prepared by several workers at once', async () => {
    await expect(Promise.all([openReady(), openReady(), openReady()])).resolves.toHaveLength(3);
  });
});

describe('jobs on postgres', () => {
  it('need no right on the database beyond the schema that was made for them', async () => {
    const client = new pg.Client({ connectionString: workerUrl });
    await client.connect();
    await expect(client.query('CREATE SCHEMA IF NOT EXISTS bullmq')).rejects.toThrow(/permission denied/);
    await expect(client.query('CREATE TABLE public.anything (id int)')).rejects.toThrow(/permission denied/);
    const { rows } = await client.query("SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'bullmq'");
    expect(rows[0].count).toBeGreaterThan(3);
    await client.end();
  });
});

describe.skipIf(redis === undefined)('jobs on redis', () => {
  it('are refused by a Redis that drops keys when it is full', async () => {
    const client = new Redis(redis?.url ?? '');
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const jobs = createRedisJobs({ url: redis?.url ?? '', logger });
    try {
      await expect(jobs.prepare(never)).rejects.toThrow(UnfitBackend);
    } finally {
      await client.config('SET', 'maxmemory-policy', 'noeviction');
      await jobs.close();
      client.disconnect();
    }
  });

  it('wait for a Redis that is not there yet, until told to stop', async () => {
    const jobs = createRedisJobs({ url: 'redis://127.0.0.1:1', logger });
    const stopping = new AbortController();
    let prepared = false;
    const preparing = jobs.prepare(stopping.signal).then(() => {
      prepared = true;
    });
    await Promise.race([preparing, new Promise((resolve) => setImmediate(resolve))]);
    expect(prepared).toBe(false);
    stopping.abort();
    await preparing;
    await jobs.close();
  });
});
