import { createLatchkeyClient } from '@latchkey/client';
import { drive } from './drive.ts';
import { forwardAuthRequest } from './http-requests.ts';
import { malformed, wellFormed } from './invalid-texts.ts';
import type { Node } from './node.ts';
import { ORIGIN, type World } from './world.ts';

export interface Flood {
  readonly name: string;
  /** How much longer good ones take beside as many made-up ones: 2 is a fair share. */
  readonly slowdown: number;
  readonly madeUp: number;
  /** Look-ups or transactions that the made-up ones have caused. */
  readonly reachedDatabase: number;
  /** What the process's heap has grown by, in bytes, after as many. */
  readonly heapBytes: number | null;
}

export interface FloodSize {
  /** Made-up texts, in process. */
  readonly texts: number;
  /** How long each turn lasts. */
  readonly ms: number;
}

/** Of a few rounds the middle one counts. */
const ROUNDS = 5;

/** In the process of a node, every made-up text another one. */
export const floodNode = async (
  node: Node,
  good: readonly string[],
  routingKey: string,
  { texts }: FloodSize,
): Promise<readonly Flood[]> => {
  const { verifier } = node.verifying;
  for (const text of good) await verifier.verify(text, ORIGIN);
  const floods: Flood[] = [];
  for (const [name, make] of [
    ['a node, wrong tag', (count: number) => wellFormed(routingKey, count)],
    ['a node, wrong checksum', malformed],
  ] as const) {
    const lookUps = node.lookUps();
    const before = heapUsed();
    let count = 0;
    let entries = verifier.metrics().entries;
    for (let slice = 0; slice < 20; slice += 1) {
      for (const text of make(texts / 20)) {
        if ((await verifier.verify(text, ORIGIN)).accepted) throw new Error('a made-up token was accepted');
        count += 1;
      }
    }
    entries = verifier.metrics().entries - entries;
    if (entries !== 0) throw new Error(`${entries} made-up tokens are remembered`);
    floods.push({
      name,
      slowdown: Number.NaN,
      madeUp: count,
      reachedDatabase: node.lookUps() - lookUps,
      heapBytes: heapUsed() - before,
    });
  }
  return floods;
};

/** Over HTTP: as many connections with made-up tokens as with good ones, both as fast as they are answered. */
export const floodHttp = async (
  world: World,
  good: readonly string[],
  routingKey: string,
  { ms }: FloodSize,
): Promise<readonly Flood[]> => {
  const write = forwardAuthRequest(world.credential);
  const goodOnes = good.map(write);
  const run = (requests: readonly Buffer[]) =>
    drive({
      port: Number(new URL(world.url).port),
      request: (index) => requests[index % requests.length] as Buffer,
      connections: 16,
      ms,
    });
  const floods: Flood[] = [];
  for (const [name, texts] of [
    ['the server, wrong tag', wellFormed(routingKey, 20_000)],
    ['the server, wrong checksum', malformed(20_000)],
  ] as const) {
    const madeUpOnes = texts.map(write);
    const ratios: number[] = [];
    let madeUp = 0;
    let reached = 0;
    // In the first round good ones are seen for the first time.
    for (let round = -1; round < ROUNDS; round += 1) {
      const before = await transactions(world);
      const alone = await run(goodOnes);
      const between = await transactions(world);
      const [beside, flood] = await Promise.all([run(goodOnes), run(madeUpOnes)]);
      const after = await transactions(world);
      if (flood.statuses[401] !== flood.requests) throw new Error(JSON.stringify(flood.statuses));
      if (round < 0) continue;
      madeUp += flood.requests;
      ratios.push(alone.requests / alone.seconds / (beside.requests / beside.seconds));
      // What the server does anyhow: it polls, and writes down last uses.
      reached += after - between - (between - before);
    }
    const slowdown = ratios.sort((a, b) => a - b)[ratios.length >> 1] as number;
    // A poll more or less in the one half of a round is nothing that a flood has caused.
    const reachedDatabase = reached < madeUp / 1_000 ? 0 : reached;
    floods.push({ name, slowdown, madeUp, reachedDatabase, heapBytes: null });
  }
  return floods;
};

/** Through a sibling service: what it can't tell itself it asks its node for, in a lane apart. */
export const floodSibling = async (
  world: World,
  good: readonly string[],
  routingKey: string,
  size: FloodSize,
): Promise<readonly Flood[]> => {
  const client = createLatchkeyClient({ url: world.url, credential: world.credential });
  try {
    for (const text of good)
      if (!(await client.verify(text, ORIGIN)).accepted) throw new Error('a good one was refused');
    const floods: Flood[] = [];
    for (const [name, make] of [
      ['a sibling service, wrong tag', (count: number) => wellFormed(routingKey, count)],
      ['a sibling service, wrong checksum', malformed],
    ] as const) {
      const before = heapUsed();
      const transactionsBefore = await transactions(world);
      const ratios: number[] = [];
      let madeUp = 0;
      let passedMs = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const texts = make(size.texts);
        const alone = await goodRate(client, good, null, size.ms);
        const beside = await goodRate(client, good, texts, size.ms);
        ratios.push(alone.rate / beside.rate);
        madeUp += beside.madeUp;
        passedMs += alone.ms + beside.ms;
      }
      const reached = (await transactions(world)) - transactionsBefore;
      floods.push({
        name,
        slowdown: ratios.sort((a, b) => a - b)[ratios.length >> 1] as number,
        madeUp,
        reachedDatabase: Math.max(0, Math.round(reached - (passedMs / 1_000) * POLLS_A_SECOND)),
        heapBytes: heapUsed() - before,
      });
    }
    return floods;
  } finally {
    await client.close();
  }
};

const AT_ONCE = 256;

/** Good ones in the turns of the event loop, a hundred in each; beside them so many made-up ones in flight. */
const goodRate = async (
  client: ReturnType<typeof createLatchkeyClient>,
  good: readonly string[],
  texts: readonly string[] | null,
  forMs: number,
) => {
  let madeUp = 0;
  let isOver = false;
  const lane = async () => {
    while (!isOver && texts !== null && madeUp < texts.length) {
      const text = texts[madeUp] as string;
      madeUp += 1;
      const verdict = await Promise.resolve(client.verify(text, ORIGIN)).catch(() => null);
      if (verdict?.accepted) throw new Error('a made-up token was accepted');
      await new Promise((resume) => setImmediate(resume));
    }
  };
  const lanes = Promise.all(Array.from({ length: texts === null ? 0 : AT_ONCE }, lane));
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < forMs) {
    for (let i = 0; i < 100; i += 1, count += 1) await client.verify(good[count % good.length] as string, ORIGIN);
    await new Promise((resume) => setImmediate(resume));
  }
  const ms = performance.now() - begun;
  isOver = true;
  await lanes;
  return { rate: count / ms, madeUp, ms };
};

/** A poll each 300 ms, its acknowledgement, a look at the clock: generously. */
const POLLS_A_SECOND = 12;

const transactions = async ({ pool }: World): Promise<number> => {
  // What a backend has counted it tells after a while.
  await new Promise((resume) => setTimeout(resume, 1_500));
  const { rows } = await pool.query<{ count: number }>(
    'select (xact_commit + xact_rollback)::int as count from pg_stat_database where datname = current_database()',
  );
  return rows[0]?.count ?? 0;
};

const heapUsed = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
