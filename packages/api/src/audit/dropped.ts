import type { DroppedByRetention } from '@latchkey/contract';
import type { ChainStub } from '@latchkey/core/audit';
import { iso } from '../tokens/token-view.ts';

/** What a reader is told of what is not there any more; `null` where nothing was dropped. */
export const droppedBy = (stubs: readonly ChainStub[]): DroppedByRetention | null => {
  const newest = stubs.at(-1);
  return newest === undefined
    ? null
    : {
        through: newest.lastNumber,
        eventCount: stubs.reduce((sum, { eventCount }) => sum + eventCount, 0),
        sealedThrough: iso(newest.lastSealedAt),
        droppedAt: iso(newest.droppedAt),
      };
};
