import { join } from 'node:path';
import { startRedis } from '@latchkey/embedded';
import { measureFirstSight } from './first-sight.ts';
import { type Flood, type FloodSize, floodHttp, floodNode, floodSibling } from './floods.ts';
import { invalidTexts } from './invalid-texts.ts';
import type { Measured } from './judge.ts';
import { measureWarm, type Rival, type Warm } from './measure-warm.ts';
import { BETTER_AUTH } from './names.ts';
import { startNode } from './node.ts';
import { measureHttp } from './over-http.ts';
import type { Lap } from './race.ts';
import { seedTokens } from './seed-tokens.ts';
import { fillSelectTable, openSelectTable } from './select-table.ts';
import { linesOf } from './warm-runners.ts';
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

    const rivals = await rivalsIn(world);
    const warm: Warm[] = [];
    const laps: Lap[] = [];
    for (const [index, size] of sizes.entries()) {
      say(`in process, ${size} tokens`);
      const beside = index === 0 ? rivals : [];
      const measured = await measureWarm(world, spread(valid, size), invalid, { rounds, draws, rivals: beside });
      warm.push(measured.warm);
      laps.push(...measured.rivals);
    }
    const rateOf = (name: string): number | null => {
      const lap = laps.find((each) => each.name === name);
      return lap === undefined ? null : 1e9 / lap.wallNs;
    };
    const some = spread(valid, Math.min(options.firstSights, most));
    await fillSelectTable(world, valid);
    say('first sights');
    const table = openSelectTable(world.adminUrl);
    const firstSight = await measureFirstSight(() => startNode(world.nodeSetting), table, some, { rounds, atOnce: 64 });
    await table.close();

    say('over HTTP');
    const http = await measureHttp(
      world,
      { valid: some, invalid, keys: linesOf(rivals[0].validFile) },
      { rounds: Math.min(rounds, 5), requests: options.requests },
    );
    say('floods');
    const floods = await measureFloods(world, some.slice(0, 1_000), routingKey, options.flood);
    return {
      warm,
      firstSight,
      betterAuthPerSecond: rateOf(BETTER_AUTH.betterAuth) ?? Number.NaN,
      betterAuthOnRedisPerSecond: rateOf(BETTER_AUTH.betterAuthOnRedis),
      http,
      floods,
    };
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

/** So many of a rival's keys are verified in each round; on Redis, where there is one, it is faster. */
const DRAWS = 1_000;
const DRAWS_ON_REDIS = 5_000;

/** better-auth, on this PostgreSQL first. */
const rivalsIn = async (world: World): Promise<readonly [Rival, ...Rival[]]> => {
  const rivalOf = (kind: Rival['kind'], draws: number, redisUrl: string | null): Rival => ({
    ...{ kind, draws, redisUrl },
    validFile: join(world.folder, kind),
  });
  const first = rivalOf('betterAuth', DRAWS, null);
  const redis = await startRedis();
  if (redis === undefined) return [first];
  world.atEnd(redis.stop);
  return [first, rivalOf('betterAuthOnRedis', DRAWS_ON_REDIS, redis.url)];
};

/** Evenly taken, so that all kinds are among them. */
const spread = (texts: readonly string[], count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => texts[Math.floor((index * texts.length) / count)] as string);
