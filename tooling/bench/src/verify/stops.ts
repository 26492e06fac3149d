import { type Node, startNode } from './node.ts';
import type { World } from './world.ts';

export interface Stops {
  readonly verifiers: number;
  readonly stops: number;
  /** From the call to its answer, over HTTP. */
  readonly callMs: Percentiles;
  /** From COMMIT's answer until every verifier had said so. */
  readonly settledMs: Percentiles;
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** Revokes one token after the other while so many verifiers follow the feed, and each call waits until all have heard. */
export const measureStops = async (world: World, verifiers: number, count: number): Promise<Stops> => {
  const olivia = await world.signIn('acme', 'olivia');
  const nodes: Node[] = [];
  try {
    // The server is one itself.
    while (nodes.length < verifiers - 1)
      nodes.push(await startNode(world.nodeSetting, { maxEntries: 10_000, maxBytes: 2 ** 26 }));
    const call: number[] = [];
    const settled: number[] = [];
    for (let i = -5; i < count; i += 1) {
      const { token } = await olivia.tokens.issue.mutate({ name: `to stop ${i}` });
      const begun = performance.now();
      const answer = await olivia.tokens.revoke.mutate({ tokenId: token.tokenId });
      if (!answer.settled) throw new Error('it has not waited');
      // The first ones are the compiler's.
      if (i < 0) continue;
      call.push(performance.now() - begun);
      settled.push(answer.settledMs);
    }
    return { verifiers, stops: count, callMs: percentiles(call), settledMs: percentiles(settled) };
  } finally {
    for (const node of nodes) await node.close();
  }
};

const percentiles = (values: readonly number[]): Percentiles => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), longest: sorted.at(-1) ?? Number.NaN };
};
