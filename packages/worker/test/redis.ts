import { findRedis, type RunningRedis, startRedis } from '@latchkey/embedded';
import { missPart } from './required.ts';

/** A Redis of this file's own where the program is there, else a set-aside database of the one given. */
const start = async (): Promise<RunningRedis | undefined> => {
  const own = findRedis({ PATH: process.env['PATH'] });
  if (own !== undefined) return startRedis(own);
  const given = await startRedis();
  if (given === undefined) return undefined;
  const url = new URL(given.url);
  url.pathname = '/15';
  return { url: url.href, stop: given.stop };
};

/** `undefined`, with a loud line, where this machine has none. */
export const redis = await start();

if (redis === undefined) {
  missPart(
    'redis',
    'every worker test on Redis',
    'set REDIS_URL, or put redis-server or valkey-server on the PATH (Debian: apt-get install redis-server)',
  );
}
