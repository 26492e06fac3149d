import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilAllDone } from './broken.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from './faults/redis-server.ts';
import { type Installation, openInstallation } from './installation.ts';
import { addMember, allOf, arrivedAt, payloadFor } from './removal.ts';
import { startWorkerProcess } from './worker-process.ts';

describe.each([
  { backend: 'postgres', missing: false },
  { backend: 'redis', missing: !hasRedisServer },
])('work that was given up, with jobs on $backend', { timeout: 180_000 }, ({ backend, missing }) => {
  let installation: Installation;
  let redis: RedisServer | null = null;
  const processes: ReturnType<typeof startWorkerProcess>[] = [];
  beforeEach(async () => {
    installation = await openInstallation();
    redis = backend === 'redis' && !missing ? await startRedisServer() : null;
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((process) => process.end('SIGKILL')));
    await redis?.stop();
    await installation.close();
  });
  const start = (args: readonly string[] = []) => {
    const process = startWorkerProcess(
      { DATABASE_URL: installation.workerUrl, ...(redis === null ? {} : { REDIS_URL: redis.url }) },
      args,
    );
    processes.push(process);
    return process;
  };
  const run = async (...args: readonly string[]) => {
    const process = start(args);
    return { code: await process.ended, output: process.output() };
  };

  it.skipIf(missing)('is listed with its reason, taken up again, and then done', async () => {
    const memberId = await addMember(installation, 20);
    const { store, organizationId } = installation;
    // Its gate is still open: the handler refuses it.
    await store.unitOfWork.run((tx) =>
      store.outbox.add(tx, organizationId, 'cascade-member-removal', payloadFor(organizationId, memberId)),
    );
    const worker = start();
    await worker.saying('worker ready');
    await untilAllDone(installation);
    expect((await store.outbox.lagByName()).map(({ deadCount }) => deadCount)).toEqual([1]);

    const listed = await run('dead-letters', '--json');
    expect(listed.code).toBe(0);
    expect(JSON.parse(listed.output)).toMatchObject([
      { name: 'cascade-member-removal', because: 'the gate of this owner is not closed', revival: 0 },
    ]);
    const [{ messageId } = { messageId: '' }] = JSON.parse(listed.output) as { messageId: string }[];
    expect((await run('dead-letters')).output).toContain(messageId);

    // What stood in the way is mended.
    await store.unitOfWork.run((tx) => store.ownerGates.close(tx, organizationId, memberId, Date.now()));
    expect(await run('requeue', messageId)).toEqual({ code: 0, output: 'Requeued: 1 of 1.\n' });
    await untilAllDone(installation);
    expect(await arrivedAt(installation, memberId)).toEqual(allOf(20));
    expect((await run('dead-letters')).output).toBe('Nothing has been given up.\n');
    expect(await run('requeue', '--all', '--json')).toEqual({
      code: 0,
      output: '{"requeuedCount":0,"askedCount":0}\n',
    });
  });
});

it('asked for wrongly, nothing is done, and the answer says how', { timeout: 180_000 }, async () => {
  const ask = async (databaseUrl: string, ...args: readonly string[]) => {
    const process = startWorkerProcess({ DATABASE_URL: databaseUrl }, args);
    return { code: await process.ended, output: process.output() };
  };
  const away = 'postgresql://a:hunter2@127.0.0.1:1/b';
  for (const args of [[], ['not-an-id'], ['--all', '1b4e28ba-2fa1-41d2-883f-0016d3cca427']]) {
    expect((await ask(away, 'requeue', ...args)).code).toBe(2);
  }
  const { code, output } = await ask(away, 'dead-letters');
  expect(code).toBe(1);
  expect(output).toMatch(/^latchkey-worker: /);
  expect(output).not.toContain('hunter2');
});
