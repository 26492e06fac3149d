import type { Input } from '@latchkey/contract';
import type { DecisionCount, DecisionCounts } from '@latchkey/core/usage';
import type { Clocks } from './clocks.ts';

export interface ToldDecisions {
  /** What the next poll takes with it; nothing where it isn't time yet, unless this is the last one. */
  next(isLast: boolean): Pick<Input<'verify', 'poll'>, 'decisions'>;
  /** A node has heard it. */
  heard(): void;
  /** Nobody knows whether a node has heard it. */
  failed(): void;
}

const EVERY_MS = 60_000;
/** Fewer than one poll may bring (`pollInput`), so that it stays a small one whatever the names are. */
const MAX_ROWS = 500;
const MAX_ATTEMPTS = 3;

/**
 * Tells a node what was decided here, beside the polls that keep us coherent, and never at their cost: after a failure
 * the next poll goes without, and what has failed three times is given up. What a node has heard though its answer was
 * lost is told again: too many decisions are counted then, never too few.
 */
export const tellDecisions = ({
  counts,
  clocks,
}: {
  readonly counts: Pick<DecisionCounts, 'take'>;
  readonly clocks: Clocks;
}): ToldDecisions => {
  let batch: readonly DecisionCount[] = [];
  let attempts = 0;
  let isOnItsWay = false;
  let isHeldBack = false;
  let takenAt = clocks.monotonic();

  const take = () => {
    batch = counts.take(MAX_ROWS);
    attempts = 0;
    // A full batch has more behind it: that goes with the next poll.
    if (batch.length < MAX_ROWS / 2) takenAt = clocks.monotonic();
  };

  return {
    next: (isLast) => {
      if (batch.length === 0 && (isLast || clocks.monotonic() - takenAt >= EVERY_MS)) take();
      isOnItsWay = batch.length > 0 && (isLast || !isHeldBack);
      return isOnItsWay ? { decisions: [...batch] } : {};
    },
    heard: () => {
      isHeldBack = false;
      if (isOnItsWay) batch = [];
    },
    failed: () => {
      if (!isOnItsWay) return;
      isHeldBack = true;
      attempts += 1;
      if (attempts >= MAX_ATTEMPTS) batch = [];
    },
  };
};
