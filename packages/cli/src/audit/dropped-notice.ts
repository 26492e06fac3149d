import type { DroppedByRetention } from '@latchkey/contract';
import type { Say } from '../language/say.ts';
import { showInstant } from '../output/instant.ts';

/** That older events are not there any more, and why. */
export const droppedNotice = (
  { through, eventCount, sealedThrough, droppedAt }: DroppedByRetention,
  say: Say,
): string =>
  say('chain.dropped', {
    count: eventCount,
    number: through,
    sealed: showInstant(sealedThrough),
    at: showInstant(droppedAt),
  });
