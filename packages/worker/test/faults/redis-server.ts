import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, findRedis } from '@latchkey/embedded';
import { Redis } from 'ioredis';
import { awaitUntil } from '../await-until.ts';
import { missPart } from '../required.ts';

const source = findRedis({ PATH: process.env['PATH'] });

/** Whether this machine has the program: a Redis that somebody else started can't be killed. */
export const hasRedisServer = source !== undefined && 'program' in source;

if (!hasRedisServer) {
  missPart(
    'redis',
    'every worker test that kills, flushes or fills a Redis of its own',
    'put redis-server or valkey-server on the PATH (Debian: apt-get install redis-server)',
  );
}

/** A Redis that a test may kill, flush and fill; it forgets everything when it dies. */
export const startRedisServer = async (settings: readonly string[] = []) => {
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-fault-redis-'));
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'];
  const program = source !== undefined && 'program' in source ? source.program : '';
  const launch = () => spawn(program, [...args, '--maxmemory-policy', 'noeviction', ...settings], { stdio: 'ignore' });
  let child = launch();
  const control = new Redis({ port, host: '127.0.0.1', lazyConnect: true, maxRetriesPerRequest: null });
  control.on('error', () => undefined);
  const abandon = () => child.kill('SIGKILL');
  process.once('exit', abandon);
  const answers = () => awaitUntil('redis answers', () => control.ping().then(() => true));
  await control.connect().catch(() => undefined);
  await answers();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    control,
    /** Dead at once, and with it all it knew. */
    kill: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
    restart: async () => {
      child = launch();
      await answers();
    },
    flush: () => control.flushall(),
    /** From now on nothing can be written. */
    fill: () => control.config('SET', 'maxmemory', '1'),
    empty: () => control.config('SET', 'maxmemory', '0'),
    stop: async () => {
      control.disconnect();
      child.kill('SIGKILL');
      process.off('exit', abandon);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type RedisServer = Awaited<ReturnType<typeof startRedisServer>>;
