import { randomUUID } from 'node:crypto';
import type { ChangeFeed, StopReceipt, Store } from '@latchkey/store';

/** A registered verifier that does what a test tells it to, and nothing by itself. */
export interface FakeVerifier {
  readonly verifierId: string;
  /** Hears of everything, applies it and says so: what a healthy one does at each wake-up. */
  acknowledge(): Promise<void>;
  /** Polls and applies nothing. */
  poll(): Promise<void>;
  leave(): Promise<void>;
}

export const registerFake = async (feed: ChangeFeed, name = 'node'): Promise<FakeVerifier> => {
  const verifierId = randomUUID();
  const { incarnation, snapshot } = await feed.register({ verifierId, name });
  let applied = snapshot;
  const poll = async () => {
    const found = await feed.poll({ verifierId, incarnation, previous: applied, applied });
    if (found === null) throw new Error('not registered any more');
    return found;
  };
  return {
    verifierId,
    acknowledge: async () => {
      applied = (await poll()).snapshot;
      await poll();
    },
    poll: async () => void (await poll()),
    leave: () => feed.deregister(verifierId),
  };
};

/** A transaction that stops something, committed. */
export const stopSomething = async ({ unitOfWork, feed }: Pick<Store, 'unitOfWork' | 'feed'>): Promise<StopReceipt> => {
  const receipt = await unitOfWork.run((tx) => feed.append(tx, [{ subject: 'organization', organizationId: 'acme' }]));
  if (receipt === null) throw new Error('no receipt');
  return receipt;
};

export interface WatchedFeed {
  readonly feed: Pick<ChangeFeed, 'registry' | 'removeStalled'>;
  /** How often the registry has been read to its end. */
  readonly reads: () => number;
  /** How many reads were under way at once, at most. */
  readonly atOnce: () => number;
}

export const watchFeed = (feed: Pick<ChangeFeed, 'registry' | 'removeStalled'>): WatchedFeed => {
  let reads = 0;
  let underWay = 0;
  let atOnce = 0;
  return {
    feed: {
      removeStalled: (verifierId, polls) => feed.removeStalled(verifierId, polls),
      registry: async () => {
        underWay += 1;
        atOnce = Math.max(atOnce, underWay);
        try {
          return await feed.registry();
        } finally {
          underWay -= 1;
          reads += 1;
        }
      },
    },
    reads: () => reads,
    atOnce: () => atOnce,
  };
};
