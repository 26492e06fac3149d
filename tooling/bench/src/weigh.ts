import { compilePermissions, decide, type PermissionSet } from '@latchkey/core/policy';
import { createBalancedWorld } from './balanced-requests.ts';
import { toPolicies, toRequest } from './engines/latchkey.ts';

export interface Weight {
  readonly statements: number;
  readonly compileMs: number;
  /** Of the compiled set alone: the policies that it was made from were there before. */
  readonly bytesOfStatement: number;
  /** On the way to an answer, the answer included. */
  readonly bytesOfDecision: number;
}

const COMPILES = 5;
const BATCHES = 50;
/** Optimized before it is looked at: what interprets a function allocates as well. */
const WARM_UP = 1_000;

/** What a compiled set costs besides time. Needs a node that was started with `--expose-gc`. */
export const weigh = (size: number, options: { readonly seed: number; readonly requests: number }): Weight => {
  const world = createBalancedWorld(size, options);
  const policies = toPolicies(world.statements);
  const times = Array.from({ length: COMPILES }, () => {
    const start = performance.now();
    const cpu = process.threadCpuUsage();
    compilePermissions(policies, { dialect: 'featbit' });
    const spent = process.threadCpuUsage(cpu);
    // As in `measure`: what is long is interrupted on a busy machine, and what is short the thread's clock can't tell.
    const wall = performance.now() - start;
    return wall < 20 ? wall : Math.min(wall, (spent.user + spent.system) / 1_000);
  });
  const before = heldBytes();
  // Several, so that what else the process holds more or less of meanwhile is small beside them.
  const sets = Array.from({ length: Math.max(1, 20_000 / size) }, () =>
    compilePermissions(policies, { dialect: 'featbit' }),
  );
  const bytes = (heldBytes() - before) / sets.length / size;
  return {
    statements: size,
    compileMs: median(times),
    bytesOfStatement: bytes,
    bytesOfDecision: allocatedBytes(sets[0] as PermissionSet, world.requests.map(toRequest)),
  };
};

const heldBytes = (): number => {
  if (globalThis.gc === undefined) throw new Error('Start node with --expose-gc.');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** The heap's growth over a batch of decisions, too few of them for a collection in between. */
const allocatedBytes = (permissions: PermissionSet, requests: readonly ReturnType<typeof toRequest>[]): number => {
  let allowed = 0;
  const batch = () => {
    const before = process.memoryUsage().heapUsed;
    for (const request of requests) if (decide(permissions, request).effect === 'allow') allowed += 1;
    return process.memoryUsage().heapUsed - before;
  };
  for (let i = 0; i < WARM_UP; i += 1) batch();
  const growth = median(Array.from({ length: BATCHES }, batch));
  if (allowed === 0) throw new Error('Nothing was allowed.');
  return Math.max(0, growth) / requests.length;
};

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;
