import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, findRedis } from '@latchkey/embedded';
import { createRedisJobs, createWorkers } from '@latchkey/worker';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { awaitUntil } from '../await-until.ts';
import { findBroken, untilAllDone } from '../broken.ts';
import { openInstallation } from '../installation.ts';
import { addMember, allOf, arrivedAt, removeMember } from '../removal.ts';
import { hasRedisServer, startRedisServer } from './redis-server.ts';

const logger = pino({ level: 'silent' });

/** A sentinel that watches this master; it writes into its configuration. */
const startSentinel = async (masterPort: number) => {
  const found = findRedis({ PATH: process.env['PATH'] });
  const program = found !== undefined && 'program' in found ? found.program : '';
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-sentinel-'));
  const port = await findFreePort();
  const configuration = join(folder, 'sentinel.conf');
  writeFileSync(
    configuration,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor main 127.0.0.1 ${masterPort} 1`,
      'sentinel down-after-milliseconds main 500',
      'sentinel failover-timeout main 5000',
      '',
    ].join('\n'),
  );
  const child = spawn(program, [configuration, '--sentinel'], { stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const control = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null });
  control.on('error', () => undefined);
  return {
    url: `redis://127.0.0.1:${port}`,
    control,
    stop: async () => {
      control.disconnect();
      kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      process.off('exit', kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

describe.skipIf(!hasRedisServer)('jobs on a Redis behind Sentinel', () => {
  it('go on where the replica has become the master, and what only the old one knew is handed over again', {
    timeout: 180_000,
  }, async () => {
    const [master, replica] = await Promise.all([startRedisServer(), startRedisServer()]);
    await replica.control.call('REPLICAOF', '127.0.0.1', master.port);
    await awaitUntil('the replica follows', async () =>
      String(await replica.control.info('replication')).includes('master_link_status:up'),
    );
    const sentinel = await startSentinel(master.port);
    await awaitUntil('the sentinel knows both', async () =>
      /"?num-slaves"?,1,/.test(String(await sentinel.control.call('SENTINEL', 'MASTER', 'main'))),
    );
    const installation = await openInstallation();
    const workers = createWorkers({
      store: installation.workerStore,
      jobs: createRedisJobs({ url: sentinel.url, topology: { kind: 'sentinel', name: 'main' }, logger }),
      logger,
      clock: { now: () => Date.now() },
    });
    try {
      await workers.ready;
      const before = await addMember(installation, 20);
      await removeMember(installation, before);
      await untilAllDone(installation);
      await master.kill();
      const after = await addMember(installation, 20);
      await removeMember(installation, after);
      await awaitUntil(
        'the replica was promoted',
        async () => String(await replica.control.info('replication')).includes('role:master'),
        60_000,
      );
      await untilAllDone(installation, 90_000);
      for (const memberId of [before, after]) expect(await arrivedAt(installation, memberId)).toEqual(allOf(20));
      expect(await findBroken(installation)).toEqual([]);
    } finally {
      await workers.close(5_000);
      await installation.close();
      for (const each of [sentinel, replica, master]) await each.stop();
    }
  });
});
