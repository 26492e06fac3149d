import { covers, type PermissionSet } from '@latchkey/core/policy';
import { createCoversWorld } from './covers-world.ts';
import { cpuMs } from './cpu.ts';
import { toPermissions } from './engines/latchkey.ts';

export interface WorldResult {
  readonly issuer: number;
  readonly token: number;
  readonly covered: boolean;
  /** Milliseconds the first time that two sets are compared, which prepares them; of several worlds the median. */
  readonly coldMs: number;
  /** And of every later time. */
  readonly warmMs: number;
  readonly worstColdMs: number;
  readonly worstWarmMs: number;
}

/** The clock of CPU time ticks in milliseconds on some systems: so many pairs of sets, compared so often, are one measurement. */
const [PAIRS, REPEATS] = [8, 5];

/** Lets the compiler see what is to come, sets that are new and sets that are not. */
export const warmUp = (): void => {
  for (const covered of [true, false]) {
    const world = createCoversWorld(1_000, 100, { seed: 101, excess: !covered });
    for (let i = 0; i < WARM_UPS; i += 1) {
      const pair = [toPermissions(world.issuer), toPermissions(world.token)] as const;
      for (let repeat = 0; repeat < 2 * REPEATS; repeat += 1) timePairs([pair], covered);
    }
  }
};

const WARM_UPS = 40;

export const measureWorlds = (
  issuer: number,
  token: number,
  options: { readonly covered: boolean; readonly seeds: number },
): WorldResult => {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let seed = 1; seed <= options.seeds; seed += 1) {
    const world = createCoversWorld(issuer, token, { seed, excess: !options.covered });
    // The same permissions as new sets: nothing that one of them has prepared is of use to another.
    const pairs = Array.from(
      { length: PAIRS },
      () => [toPermissions(world.issuer), toPermissions(world.token)] as const,
    );
    const first = timePairs(pairs, options.covered);
    let later = 0;
    for (let i = 0; i < REPEATS; i += 1) later += timePairs(pairs, options.covered);
    cold.push(first);
    warm.push(later / REPEATS);
  }
  return {
    issuer,
    token,
    covered: options.covered,
    coldMs: median(cold),
    warmMs: median(warm),
    worstColdMs: Math.max(...cold),
    worstWarmMs: Math.max(...warm),
  };
};

/** Milliseconds for one of them. */
const timePairs = (
  pairs: readonly (readonly [outer: PermissionSet, inner: PermissionSet])[],
  covered: boolean,
): number => {
  const start = cpuMs();
  for (const [outer, inner] of pairs) {
    if (covers(outer, inner).covered !== covered) throw new Error(`A world was meant to be ${covered}.`);
  }
  return (cpuMs() - start) / pairs.length;
};

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] as number;
