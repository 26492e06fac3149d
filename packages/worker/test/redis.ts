import { findRedis, type RunningRedis, startRedis } from '@latchkey/embedded';

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

const required = (process.env['LATCHKEY_TEST_REQUIRE'] ?? '').split(',').includes('redis');

/** `undefined`, with a loud line, where this machine has none. */
export const redis = await start();

if (redis === undefined) {
  const how = 'set REDIS_URL, or put redis-server or valkey-server on the PATH (Debian: apt-get install redis-server)';
  if (required) throw new Error(`LATCHKEY_TEST_REQUIRE names redis, and there is none: ${how}.`);
  process.stderr.write(`\n!!! SKIPPED: every worker test on Redis. To run them, ${how}.\n\n`);
}
