import { createPostgresJobs, createRedisJobs, createWorkers, type JobBackend, type Workers } from '@latchkey/worker';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepSchedules } from '../src/schedules/keep-schedules.ts';
import { awaitUntil } from './await-until.ts';
import { type Installation, openInstallation } from './installation.ts';
import { redis } from './redis.ts';

const logger = pino({ level: 'silent' });
const never = new AbortController().signal;

let installation: Installation;
const closers: (() => Promise<unknown>)[] = [];
const flush = async () => {
  if (redis === undefined) return;
  const client = new Redis(redis.url);
  await client.flushdb();
  client.disconnect();
};
beforeEach(async () => {
  installation = await openInstallation();
  await flush();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await installation.close();
});
afterAll(() => redis?.stop());

const backends = [
  { kind: 'postgres', missing: false, open: () => createPostgresJobs({ url: installation.workerUrl, logger }) },
  { kind: 'redis', missing: redis === undefined, open: () => createRedisJobs({ url: redis?.url ?? '', logger }) },
] as const;

describe.each(backends)('schedules on $kind', { timeout: 60_000 }, ({ missing, open }) => {
  const openReady = async (): Promise<JobBackend> => {
    const jobs = open();
    closers.push(() => jobs.close());
    await jobs.prepare(never);
    return jobs;
  };
  const start = async (): Promise<Workers> => {
    const jobs = open();
    const workers = createWorkers({ store: installation.workerStore, jobs, logger, clock: { now: () => Date.now() } });
    closers.push(() => workers.close(5_000));
    await workers.ready;
    return workers;
  };

  it.skipIf(missing)('tick in UTC, each tick once for any number of workers that say the same', async () => {
    const jobs = await openReady();
    const [one, two] = [jobs.openScheduler('clock'), jobs.openScheduler('clock')];
    const everySecond = [{ name: 'each-second', pattern: '* * * * * *' }];
    const seen: string[] = [];
    const consume = async ({ id, name }: { readonly id?: string; readonly name: string }) => {
      seen.push(`${name} ${id}`);
    };
    const consumers = [1, 2].map(() => jobs.openConsumer('clock', consume, { concurrency: 1 }));
    expect((await Promise.all([one.ensure(everySecond), two.ensure(everySecond)])).flat()).toContain('each-second');
    await awaitUntil('it ticked three times', () => seen.length >= 3);
    expect(await one.ensure(everySecond)).toEqual([]);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen[0]).toMatch(/^each-second /);
    // Another pattern under the same name takes its place.
    expect(await two.ensure([{ name: 'each-second', pattern: '0 0 1 1 *' }])).toEqual(['each-second']);
    await Promise.all(consumers.map((consumer) => consumer.close()));
    await Promise.all([one.close(), two.close()]);
  });

  it.skipIf(missing)(
    'are known to the backend once a worker is ready, and their ticks do the work',
    async () => {
      await start();
      const jobs = await openReady();
      const scheduler = jobs.openScheduler('schedules');
      await awaitUntil(
        'the schedules are written',
        async () => (await scheduler.ensure([{ name: 'prune-changes', pattern: '* * * * *' }])).length === 0,
      );
      await installation.query(
        `insert into latchkey.change (organization_id, subject, subject_id) values ($1, 'token', 't')`,
        [installation.organizationId],
      );
      await installation.transactionsEnded();
      // The next minute's tick, now.
      const ticks = jobs.openQueue('schedules');
      await ticks.add([{ name: 'prune-changes', data: {}, jobId: 'early' }]);
      await awaitUntil(
        'the feed is empty',
        async () => (await installation.query('select 1 from latchkey.change')).length === 0,
      );
      await Promise.all([ticks.close(), scheduler.close()]);
    },
    180_000,
  );
});

describe.skipIf(redis === undefined)('a Redis that was flushed', () => {
  it('is told the schedules again', async () => {
    const jobs = createRedisJobs({ url: redis?.url ?? '', logger });
    closers.push(() => jobs.close());
    await jobs.prepare(never);
    const scheduler = jobs.openScheduler('schedules');
    const written: string[][] = [];
    const keeper = keepSchedules(
      {
        ensure: async (schedules) => {
          const names = await scheduler.ensure(schedules);
          written.push([...names]);
          return names;
        },
      },
      logger,
      20,
    );
    await awaitUntil('they were written, and then found', () => written.length > 1 && written.at(-1)?.length === 0);
    const before = written.length;
    await flush();
    await awaitUntil('they were written again', () => written.slice(before).some((names) => names.length > 0));
    expect(written.slice(before).find((names) => names.length > 0)).toEqual(written[0]);
    await keeper.stop();
    await scheduler.close();
  });
});
