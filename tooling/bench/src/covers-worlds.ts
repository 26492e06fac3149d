import { compilePermissions, covers, type PermissionSet } from '@latchkey/core/policy';
import { createCoversWorld } from './covers-world.ts';
import { cpuMs } from './cpu.ts';
import { toPolicies } from './engines/latchkey.ts';

/** Milliseconds. */
export interface Spread {
  readonly median: number;
  readonly p99: number;
}

export interface WorldResult {
  readonly issuer: number;
  readonly token: number;
  readonly covered: boolean;
  /** Compiling the issuer's set, which is apart from comparing it. */
  readonly compileMs: number;
  /** The first time that two sets are compared, which prepares them. */
  readonly first: Spread;
  /** And every later time. */
  readonly later: Spread;
}

/**
 * As a process that issues tokens sees it after its first hundreds: other worlds than those that are measured, new sets
 * and sets that were compared before.
 */
export const warmUp = (): void => {
  for (let seed = 1; seed <= WARM_UP_WORLDS; seed += 1) {
    for (const covered of [true, false]) {
      const world = createCoversWorld(1_000, 100, { seed: 1_000 + seed, excess: !covered });
      for (let i = 0; i < WARM_UP_SETS; i += 1) measure(world, 1, covered);
    }
  }
};

const [WARM_UP_WORLDS, WARM_UP_SETS] = [5, 20];

export const measureWorlds = (
  issuer: number,
  token: number,
  options: { readonly covered: boolean; readonly seeds: number },
): WorldResult => {
  const all = Array.from({ length: options.seeds }, (_, i) => {
    const world = createCoversWorld(issuer, token, { seed: i + 1, excess: !options.covered });
    return measure(world, pairsOf(issuer), options.covered);
  });
  return {
    issuer,
    token,
    covered: options.covered,
    compileMs: spreadOf(all.map(({ compile }) => compile)).median,
    first: spreadOf(all.map(({ first }) => first)),
    later: spreadOf(all.map(({ later }) => later)),
  };
};

/**
 * CPU time, which other programs don't blur, has a clock that ticks in milliseconds on some systems: so many pairs of sets
 * are one measurement. Fewer where one comparison is longer.
 */
const pairsOf = (issuer: number): number => (issuer > 1_000 ? 3 : 8);

const REPEATS = 4;

type World = ReturnType<typeof createCoversWorld>;

/** Milliseconds of each. */
const measure = (world: World, count: number, covered: boolean) => {
  const policies = { outer: toPolicies(world.issuer), inner: toPolicies(world.token) };
  // The same permissions as new sets: nothing that one of them has prepared is of use to another.
  const inner = Array.from({ length: count }, () => compilePermissions(policies.inner, { dialect: 'featbit' }));
  const start = cpuMs();
  const outer = Array.from({ length: count }, () => compilePermissions(policies.outer, { dialect: 'featbit' }));
  const compile = (cpuMs() - start) / count;
  const pairs = outer.map((set, i) => [set, inner[i] as PermissionSet] as const);
  const first = timePairs(pairs, covered);
  let later = 0;
  for (let i = 0; i < REPEATS; i += 1) later += timePairs(pairs, covered) / REPEATS;
  return { compile, first, later };
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

const spreadOf = (list: readonly number[]): Spread => {
  const sorted = [...list].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
  return { median: at(0.5), p99: at(0.99) };
};
