import { createRedisJobs, createWorkers, type Workers } from '@latchkey/worker';
import { pino } from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitUntil } from './await-until.ts';
import { type Installation, openInstallation } from './installation.ts';
import { redis } from './redis.ts';
import { addMember, allOf, arrivedAt, removeMember } from './removal.ts';
import { startTcpProxy } from './tcp-proxy.ts';

/** REDIS-OPTIONAL, seen from the worker: with Redis away nothing is lost, and it takes up where it was. */
describe.skipIf(redis === undefined)('with Redis', { timeout: 120_000 }, () => {
  let installation: Installation;
  let proxy: Awaited<ReturnType<typeof startTcpProxy>>;
  let workers: Workers;
  beforeEach(async () => {
    installation = await openInstallation();
    proxy = await startTcpProxy(redis?.url ?? '');
    const logger = pino({ level: 'silent' });
    workers = createWorkers({
      store: installation.workerStore,
      jobs: createRedisJobs({ url: proxy.url, logger }),
      logger,
      clock: { now: () => Date.now() },
    });
  });
  afterEach(async () => {
    await workers.close(5_000);
    await proxy.close();
    await installation.close();
  });
  afterAll(() => redis?.stop());

  const untilDone = (memberId: string, tokenCount: number) =>
    awaitUntil(
      'the rows say inactive',
      async () => (await arrivedAt(installation, memberId)).inactive === tokenCount,
      60_000,
    );
  const untilTroubled = () =>
    awaitUntil('the worker says what is wrong', async () => (await workers.health()).problem ?? false);

  it.each(['refuse', 'hang'] as const)(
    'in mode %s at the moment of relaying, the message waits in the outbox',
    async (mode) => {
      await workers.ready;
      expect(await workers.health()).toMatchObject({ ready: true, backend: 'redis', problem: null });
      proxy[mode]();
      const memberId = await addMember(installation, 150);
      await removeMember(installation, memberId);
      expect(await untilTroubled()).toMatch(/redis backend/);
      expect(await workers.health()).toMatchObject({ ready: false, outbox: { count: 1, deadCount: 0 } });
      expect((await arrivedAt(installation, memberId)).active).toBe(150);

      proxy.pass();
      await untilDone(memberId, 150);
      expect(await arrivedAt(installation, memberId)).toEqual(allOf(150));
      await awaitUntil('it is ready again', async () => (await workers.health()).ready);
      await awaitUntil('the outbox is empty', async () => (await workers.health()).outbox?.count === 0);
    },
  );

  it('not there yet, the worker waits for it and then does what has gathered', async () => {
    await workers.close(1_000);
    proxy.refuse();
    const logger = pino({ level: 'silent' });
    workers = createWorkers({
      store: installation.workerStore,
      jobs: createRedisJobs({ url: proxy.url, logger }),
      logger,
      clock: { now: () => Date.now() },
    });
    const memberId = await addMember(installation, 5);
    await removeMember(installation, memberId);
    expect((await workers.health()).problem).toMatch(/waiting for the redis backend/);
    proxy.pass();
    await workers.ready;
    await untilDone(memberId, 5);
    expect(await arrivedAt(installation, memberId)).toEqual(allOf(5));
  });

  it('gone, the worker still stops within its deadline', async () => {
    await workers.ready;
    proxy.hang();
    const startedAt = performance.now();
    await workers.close(1_000);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
