import { createBalancedWorld } from './balanced-requests.ts';
import type { CreateEngine, Engine } from './engine.ts';
import { measure, type Timing } from './measure.ts';

export interface DecideRow {
  readonly statements: number;
  readonly engine: string;
  readonly microseconds: number;
  /** How many times as long as the first engine takes. */
  readonly ratio: number;
}

export interface DecideOptions extends Timing {
  readonly sizes: readonly number[];
  readonly seed: number;
  readonly requests: number;
}

/**
 * Engines side by side on the same worlds, half of whose requests are denied. Throws where two of them decide a request
 * differently.
 */
export const benchDecide = async (
  createEngines: readonly CreateEngine[],
  { sizes, seed, requests, ...timing }: DecideOptions,
  log: (line: string) => void,
): Promise<readonly DecideRow[]> => {
  const rows: DecideRow[] = [];
  for (const size of sizes) {
    const world = createBalancedWorld(size, { seed, requests });
    let expected: readonly boolean[] | null = null as readonly boolean[] | null;
    let first: number | null = null;
    // One engine after the other: while they take turns, the work of one slows down what the next has warmed up.
    for (const create of createEngines) {
      const engine = await create(world);
      const prepared = world.requests.map((request) => engine.prepare(request));
      // The slow ones are asked a part of it: their pace is the same, and a run must end.
      const asked: readonly unknown[] =
        expected === null ? prepared : prepared.slice(0, askable(engine, prepared, timing.roundMs));
      const decisions: readonly boolean[] = asked.map((request) => engine.decide(request));
      expected ??= decisions;
      for (const [i, allowed] of decisions.entries()) {
        if (allowed === expected[i]) continue;
        throw new Error(`${engine.name} differs at ${size}: ${JSON.stringify(world.requests[i])} ${allowed}`);
      }
      const microseconds = measure(() => {
        for (const request of asked) engine.decide(request);
        return asked.length;
      }, timing);
      first ??= microseconds;
      rows.push({ statements: size, engine: engine.name, microseconds, ratio: microseconds / first });
      const allowed = decisions.filter(Boolean).length;
      log(`${size} ${engine.name}: ${microseconds.toFixed(3)} us (${asked.length} requests, ${allowed} allowed)`);
    }
  }
  return rows;
};

const LEAST = 20;
/** So many milliseconds for each of a round: cold calls are slower than what is measured. */
const PATIENCE = 20;

const askable = (engine: Engine, prepared: readonly unknown[], ms: number): number => {
  const start = process.hrtime.bigint();
  let count = 0;
  while (count < prepared.length && (count < LEAST || Number(process.hrtime.bigint() - start) < ms * PATIENCE * 1e6)) {
    engine.decide(prepared[count]);
    count += 1;
  }
  return count;
};
