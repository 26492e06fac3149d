import type { Output } from '@latchkey/contract';
import type { BulkInput } from './bulk-draft.ts';

type Answer = Output<'tokens', 'bulk'>;
export type BulkItem = Answer['items'][number];

/** One run, call after call: what it has found or stopped so far. */
export interface BulkSum {
  readonly items: readonly BulkItem[];
  readonly stoppedCount: number;
  readonly skippedCount: number;
  readonly undecidedCount: number;
  /** How many each call has found. A real run is held to the numbers of its dry run. */
  readonly counts: readonly number[];
  /** With which the next call goes on; `null` where nothing is left. */
  readonly resume: string | null;
}

export const nothingYet: BulkSum = {
  ...{ items: [], stoppedCount: 0, skippedCount: 0, undecidedCount: 0 },
  ...{ counts: [], resume: null },
};

/**
 * Goes on with a run until nothing is left, or it is told to stop between two calls. `told` gets the sum after each call:
 * what was done before a refusal is known, and with it where to go on.
 */
export const runBulk = async (
  call: (input: BulkInput) => Promise<Answer>,
  asked: BulkInput,
  {
    from = nothingYet,
    expected,
    told,
    isStopped,
  }: {
    readonly from?: BulkSum;
    /** The dry run's counts. */
    readonly expected?: readonly number[];
    readonly told: (sum: BulkSum) => void;
    readonly isStopped: () => boolean;
  },
): Promise<BulkSum> => {
  let sum = from;
  do {
    const expectedCount = expected?.[sum.counts.length];
    sum = add(
      sum,
      await call({
        ...asked,
        ...(sum.resume === null ? {} : { resume: sum.resume }),
        ...(expectedCount === undefined ? {} : { expectedCount }),
      }),
    );
    told(sum);
  } while (sum.resume !== null && !isStopped());
  return sum;
};

const add = (sum: BulkSum, answer: Answer): BulkSum => ({
  items: [...sum.items, ...answer.items],
  stoppedCount: sum.stoppedCount + answer.stoppedCount,
  skippedCount: sum.skippedCount + answer.skippedCount,
  undecidedCount: sum.undecidedCount + answer.undecidedCount,
  counts: [...sum.counts, answer.items.length],
  resume: answer.resume,
});

const WEEK_MS = 7 * 86_400_000;

/** How many were used so lately that somebody will miss them. */
export const usedLately = (items: readonly BulkItem[], now: number): number =>
  items.filter(({ lastUsedAt }) => lastUsedAt !== null && now - Date.parse(lastUsedAt) < WEEK_MS).length;
