import { hash } from 'node:crypto';
import { createLatchkeyClient } from '@latchkey/client';
import { decideLayers } from '@latchkey/core/policy';
import { NAMES } from './names.ts';
import type { Node } from './node.ts';
import { drawTexts, inFlight, type Lap, race } from './race.ts';
import type { SelectTable } from './select-table.ts';
import { REQUEST, type World } from './world.ts';

const keyOf = (text: string) => hash('sha256', text, 'base64');

export interface Warm {
  readonly tokens: number;
  readonly laps: readonly Lap[];
  /** What a remembered token takes, by the process's heap. */
  readonly heapBytesOfToken: { readonly map: number; readonly node: number };
}

/** Everything has been seen before. A tenth of the texts is made up. */
export const measureWarm = async (
  world: World,
  node: Node,
  valid: readonly string[],
  invalid: readonly string[],
  options: { readonly rounds: number; readonly draws: number },
): Promise<Warm> => {
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  const map = new Map(valid.map((text, index) => [keyOf(text), { id: index }]));
  const withMap = heap();
  const { verifier } = node.verifying;
  await inFlight(valid, 256, (text) => verifier.verify(text, ORIGIN));
  const withNode = heap();
  const client = createLatchkeyClient({
    url: world.url,
    credential: world.credential,
    cache: { maxTokens: 2 * valid.length, maxBytes: 8 * 2 ** 30 },
  });
  try {
    await inFlight(valid, 256, (text) => client.verify(text, ORIGIN));
    const asked = () => ({ node: node.lookUps(), sibling: client.metrics()?.misses ?? 0 });
    const [known, begun] = [asked(), performance.now()];
    let good = 0;
    const runners = [
      {
        name: NAMES.sha,
        pass: async (texts: readonly string[]) => {
          for (const slice of slicesOf(texts)) {
            for (const text of slice) if (keyOf(text) !== '') good += 1;
            await nextTurn();
          }
        },
      },
      {
        name: NAMES.map,
        pass: async (texts: readonly string[]) => {
          for (const slice of slicesOf(texts)) {
            for (const text of slice) if (map.get(keyOf(text)) !== undefined) good += 1;
            await nextTurn();
          }
        },
      },
      {
        name: NAMES.node,
        pass: async (texts: readonly string[]) => {
          for (const slice of slicesOf(texts)) {
            for (const text of slice) {
              const found = verifier.verify(text, ORIGIN);
              const verdict = found instanceof Promise ? await found : found;
              if (verdict.accepted && decideLayers(verdict.layers, REQUEST).effect === 'allow') good += 1;
            }
            await nextTurn();
          }
        },
      },
      {
        name: NAMES.sibling,
        pass: async (texts: readonly string[]) => {
          for (const slice of slicesOf(texts)) {
            for (const text of slice) {
              const decided = client.decide(text, REQUEST, ORIGIN);
              if ((decided instanceof Promise ? await decided : decided).effect === 'allow') good += 1;
            }
            await nextTurn();
          }
        },
      },
    ];
    const isTrusted = () => verifier.metrics().lease === 'valid' && client.metrics()?.lease === 'valid';
    const laps = await race(runners, drawTexts(valid, invalid, options.draws, 7), options.rounds, isTrusted);
    if (good === 0) throw new Error('nothing was accepted');
    // A sibling asks for a made-up text anew each half minute, and whoever was held up for longer than a lease asks until it has
    // polled. Anything more was not remembered.
    const lookUps = { node: asked().node - known.node, sibling: asked().sibling - known.sibling };
    const few = options.draws / 100;
    if (lookUps.node > few || lookUps.sibling > (1 + (performance.now() - begun) / 30_000) * invalid.length + few) {
      throw new Error(`what was seen before was looked up: ${JSON.stringify(lookUps)}`);
    }
    const each = (bytes: number) => Math.round(bytes / valid.length);
    return {
      tokens: valid.length,
      laps,
      heapBytesOfToken: { map: each(withMap - before), node: each(withNode - withMap) },
    };
  } finally {
    await client.close();
  }
};

/** A turn of the event loop takes so many: a verifier that never gets to poll loses its lease, and then asks. */
const TURN = 1_000;

const slicesOf = (texts: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(texts.length / TURN) }, (_, index) => texts.slice(index * TURN, (index + 1) * TURN));

const nextTurn = (): Promise<void> => new Promise((resume) => setImmediate(resume));

/** Each text for the first time, so many in flight: the same ones for both. */
export const measureFirstSight = async (
  node: () => Promise<Node>,
  table: SelectTable,
  texts: readonly string[],
  { rounds, atOnce }: { readonly rounds: number; readonly atOnce: number },
): Promise<readonly Lap[]> => {
  const laps: Record<'select' | 'first', Lap[]> = { select: [], first: [] };
  const measure = async (into: Lap[], name: string, verify: (text: string) => unknown) => {
    const cpu = process.cpuUsage();
    const wall = process.hrtime.bigint();
    await inFlight(texts, atOnce, verify);
    const wallNs = Number(process.hrtime.bigint() - wall) / texts.length;
    const { user, system } = process.cpuUsage(cpu);
    into.push({ name, wallNs, cpuNs: ((user + system) * 1_000) / texts.length });
  };
  for (let round = 0; round < rounds; round += 1) {
    await measure(laps.select, 'one prepared SELECT with SHA-256', table.find);
    const fresh = await node();
    await measure(laps.first, 'Latchkey, first sight', (text) => fresh.verifying.verifier.verify(text, ORIGIN));
    if (fresh.lookUps() !== texts.length)
      throw new Error(`${fresh.lookUps()} look-ups for ${texts.length} first sights`);
    await fresh.close();
  }
  const best = (all: readonly Lap[]) => [...all].sort((a, b) => a.wallNs - b.wallNs)[all.length >> 2] as Lap;
  return [best(laps.select), best(laps.first)];
};

export const ORIGIN = { address: '192.0.2.7', client: 'bench' } as const;
