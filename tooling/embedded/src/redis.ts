import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from './port.ts';
import { findProgram } from './program.ts';

/** Where a Redis is to be had: one that runs already, or a program that can be started. */
export type RedisSource = { readonly url: string } | { readonly program: string };

export type RunningRedis = { readonly url: string; readonly stop: () => Promise<void> };

/** REDIS_URL, else `redis-server` or `valkey-server` on the PATH, else undefined. */
export const findRedis = (environment: NodeJS.ProcessEnv = process.env): RedisSource | undefined => {
  const url = environment['REDIS_URL'];
  if (url !== undefined && url !== '') return { url };
  const program = findProgram(['redis-server', 'valkey-server'], environment['PATH'] ?? '');
  return program === undefined ? undefined : { program };
};

const ping = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'));
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => settle(false));
    socket.once('data', (data) => settle(data.toString().startsWith('+PONG')));
    socket.once('error', () => settle(false));
  });

/**
 * A Redis for tests, empty and forgotten at `stop`; REDIS_URL is taken as it is and left running. Undefined where none can be had.
 * `noeviction` because BullMQ must never lose a key.
 */
export const startRedis = async (source = findRedis()): Promise<RunningRedis | undefined> => {
  if (source === undefined) return undefined;
  if ('url' in source) return { url: source.url, stop: async () => undefined };
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-redis-'));
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--maxmemory-policy', 'noeviction'];
  const child = spawn(source.program, [...settings, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
  let failure: Error | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      failure ??= new Error(`${source.program} ended with ${code}.`);
      resolve();
    });
    child.once('error', (error) => {
      failure ??= error;
      resolve();
    });
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = performance.now() + 10_000;
  while (!(await ping(port))) {
    if (failure !== undefined || performance.now() > deadline) {
      await stop();
      throw failure ?? new Error(`${source.program} did not answer on port ${port} within 10 s.`);
    }
    await delay(20);
  }
  return { url: `redis://127.0.0.1:${port}`, stop };
};
