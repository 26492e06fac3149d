import type { World } from './world.ts';

export const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms));

export const IDS_AGAIN = 'crash with ids given out again';
export const PROMOTED = 'standby promoted';

/** Longer than a node needs to poll, to apply and to acknowledge. */
const ROUND_MS = 1_000;

/**
 * Ids are taken and rolled back, every verifier's snapshot takes note of them, and then a crash forgets that they were ever
 * given out. Those who stop tokens next are given the same ids, which a snapshot of before calls seen. One node is away
 * while that happens, and comes back when the ids are beyond its snapshot: nothing but the incarnation tells it.
 */
export const crashAfterAbortedWrites = async ({ nodes, cluster, note }: World): Promise<void> => {
  const [one, other] = nodes;
  // A commit that is flushed takes the ids before it with it: nobody calls for a moment.
  for (const node of nodes) node.isUp = false;
  await pause(ROUND_MS / 2);
  const forgotten = await cluster.burnIds(300);
  await untilAcknowledged(cluster, forgotten);
  other.proxy.weather('refuse');
  await cluster.restart('crash');
  const [next] = await cluster.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
  if (next !== undefined && BigInt(next.xid) < forgotten) note(IDS_AGAIN);
  one.isUp = true;
  await pause(1.2 * ROUND_MS);
  await cluster.burnIds(600);
  other.proxy.weather('pass');
  other.isUp = true;
};

const untilAcknowledged = async (cluster: World['cluster'], xid: bigint): Promise<void> => {
  const deadline = performance.now() + 5 * ROUND_MS;
  while (performance.now() < deadline) {
    const [row] = await cluster.query<{ all: boolean | null }>(
      `select bool_and(pg_snapshot_xmax(applied)::text::bigint >= ${xid}) as all from latchkey.verifier`,
    );
    if (row?.all === true) return;
    await pause(20);
  }
};

/** The primary is lost, and its standby takes over; afterwards it has a standby of its own. */
export const promoteStandby = async ({ cluster, moved, note }: World): Promise<void> => {
  // Ids whose transactions nobody has told the standby of.
  await cluster.burnIds(200);
  await cluster.promote();
  note(PROMOTED);
  moved();
};
