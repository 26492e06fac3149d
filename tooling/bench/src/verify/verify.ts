import { startRedis } from '@latchkey/embedded';
import { openBetterAuth } from './better-auth.ts';
import { measureFirstSight } from './first-sight.ts';
import { type Flood, type FloodSize, floodHttp, floodNode, floodSibling } from './floods.ts';
import { invalidTexts } from './invalid-texts.ts';
import type { Measured } from './judge.ts';
import { measureWarm, type Warm } from './measure-warm.ts';
import { startNode } from './node.ts';
import { measureHttp } from './over-http.ts';
import { inFlight } from './race.ts';
import { seedTokens } from './seed-tokens.ts';
import { fillSelectTable, openSelectTable } from './select-table.ts';
import { startWorld, type World } from './world.ts';

export interface BenchOptions {
  /** How many tokens there are; the first is the fewest. */
  readonly sizes: readonly number[];
  readonly draws: number;
  readonly rounds: number;
  readonly firstSights: number;
  /** Over HTTP, of each in each round. */
  readonly requests: number;
  readonly flood: FloodSize;
  readonly say: (what: string) => void;
}

/** Everything, side by side in one run and on one PostgreSQL. */
export const benchVerify = async (options: BenchOptions): Promise<Measured> => {
  const { sizes, draws, rounds, say } = options;
  // As in production: whoever writes at each verification waits for the disk.
  const world = await startWorld({ durable: true });
  try {
    const most = Math.max(...sizes);
    say(`${most} tokens are made`);
    const valid = await seedTokens(world, most);
    const routingKey = (valid[0] ?? '').split('_')[2]?.slice(0, 3) ?? '';
    const invalid = invalidTexts(routingKey, 1_000);

    const warm: Warm[] = [];
    for (const size of sizes) {
      say(`in process, ${size} tokens`);
      warm.push(await measureWarm(world, spread(valid, size), invalid, { rounds, draws }));
    }
    const some = spread(valid, Math.min(options.firstSights, most));
    await fillSelectTable(world, valid);
    say('first sights');
    const table = openSelectTable(world.adminUrl);
    const firstSight = await measureFirstSight(() => startNode(world.nodeSetting), table, some, { rounds, atOnce: 64 });
    await table.close();

    say('better-auth');
    const auth = await openBetterAuth(world.adminUrl);
    const keys = await auth.makeKeys(ROUNDS * KEYS);
    const betterAuthPerSecond = await rateOf(auth.verify, keys);
    await auth.close();
    const betterAuthOnRedisPerSecond = await measureOnRedis(world);

    say('over HTTP');
    const http = await measureHttp(
      world,
      { valid: some, invalid, keys },
      { rounds: Math.min(rounds, 5), requests: options.requests },
    );
    say('floods');
    const floods = await measureFloods(world, some.slice(0, 1_000), routingKey, options.flood);
    return { warm, firstSight, betterAuthPerSecond, betterAuthOnRedisPerSecond, http, floods };
  } finally {
    await world.stop();
  }
};

const measureFloods = async (
  world: World,
  good: readonly string[],
  routingKey: string,
  size: FloodSize,
): Promise<readonly Flood[]> => {
  const node = await startNode(world.nodeSetting);
  const inNode = await floodNode(node, good, routingKey, size).finally(node.close);
  return [
    ...inNode,
    ...(await floodHttp(world, good, routingKey, size)),
    ...(await floodSibling(world, good, routingKey, size)),
  ];
};

/** `null` where there is no Redis. */
const measureOnRedis = async (world: World): Promise<number | null> => {
  const redis = await startRedis();
  if (redis === undefined) return null;
  try {
    const auth = await openBetterAuth(world.adminUrl, { redis: redis.url });
    const rate = await rateOf(auth.verify, await auth.makeKeys(ROUNDS * KEYS));
    await auth.close();
    return rate;
  } finally {
    await redis.stop();
  }
};

/** Of one round. */
const KEYS = 1_000;
const ROUNDS = 8;

/** The best of a few: what else runs can only make it fewer. */
const rateOf = async (verify: (key: string) => Promise<boolean>, keys: readonly string[]): Promise<number> => {
  let best = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const slice = keys.slice(round * KEYS, (round + 1) * KEYS);
    const begun = performance.now();
    await inFlight(slice, 16, async (key) => {
      if (!(await verify(key))) throw new Error('a good key was refused');
    });
    best = Math.max(best, slice.length / ((performance.now() - begun) / 1_000));
  }
  return best;
};

/** Evenly taken, so that all kinds are among them. */
const spread = (texts: readonly string[], count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => texts[Math.floor((index * texts.length) / count)] as string);
