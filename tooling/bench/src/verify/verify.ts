import { openBetterAuth } from './better-auth.ts';
import { type Flood, type FloodSize, floodHttp, floodNode, floodSibling } from './floods.ts';
import { measureFirstSight, measureWarm, ORIGIN, type Warm } from './in-process.ts';
import { invalidTexts } from './invalid-texts.ts';
import type { Measured } from './judge.ts';
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
  const world = await startWorld({ durable: false });
  try {
    const most = Math.max(...sizes);
    say(`${most} tokens are made`);
    const valid = await seedTokens(world, most);
    const routingKey = (valid[0] ?? '').split('_')[2]?.slice(0, 3) ?? '';
    const invalid = invalidTexts(routingKey, 1_000);

    const warm: Warm[] = [];
    let madeUpLookUps = 0;
    for (const size of sizes) {
      say(`in process, ${size} tokens`);
      const node = await startNode(world);
      warm.push(await measureWarm(world, node, spread(valid, size), invalid, { rounds, draws }));
      const before = node.lookUps();
      for (const text of invalid) await node.verifying.verifier.verify(text, ORIGIN);
      madeUpLookUps += node.lookUps() - before;
      await node.close();
    }
    const some = spread(valid, Math.min(options.firstSights, most));
    await fillSelectTable(world, valid);
    say('first sights');
    const table = openSelectTable(world.adminUrl);
    const firstSight = await measureFirstSight(() => startNode(world), table, some, { rounds, atOnce: 64 });
    await table.close();

    say('better-auth');
    const auth = await openBetterAuth(world.adminUrl);
    const keys = await auth.makeKeys(4 * KEYS);
    const betterAuthPerSecond = await rateOf(auth.verify, keys);
    await auth.close();

    say('over HTTP');
    const http = await measureHttp(
      world,
      { valid: some, invalid, keys },
      { rounds: Math.min(rounds, 5), requests: options.requests },
    );
    say('floods');
    const floods = await measureFloods(world, some.slice(0, 1_000), routingKey, options.flood);
    return { warm, firstSight, betterAuthPerSecond, madeUpLookUps, http, floods };
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
  const node = await startNode(world);
  try {
    return [
      ...(await floodNode(node, good, routingKey, size)),
      ...(await floodHttp(world, good, routingKey, size)),
      ...(await floodSibling(world, good, routingKey, size)),
    ];
  } finally {
    await node.close();
  }
};

/** Of one round. */
const KEYS = 1_000;

/** The best of a few: what else runs can only make it fewer. */
const rateOf = async (verify: (key: string) => Promise<boolean>, keys: readonly string[]): Promise<number> => {
  let best = 0;
  for (let round = 0; round < 4; round += 1) {
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
