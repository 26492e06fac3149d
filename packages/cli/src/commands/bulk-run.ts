import { type Input, type Output, tokensContract } from '@latchkey/contract';
import { answerOf } from '../api/answer.ts';
import type { Connection } from '../api/connect.ts';
import { EXIT } from '../exit.ts';
import type { Work } from './kit.ts';

type Answer = Output<'tokens', 'bulk'>;
type Asked = Pick<Input<'tokens', 'bulk'>, 'action' | 'filter' | 'reason'>;

export type BulkAction = Asked['action'];
export type BulkItem = Answer['items'][number];

/** What a whole run has found or done, call after call. */
export interface BulkReport extends Pick<Answer, 'dryRun' | 'bulkId' | 'done' | 'resume' | 'items'> {
  readonly stoppedCount: number;
  readonly skippedCount: number;
  readonly undecidedCount: number;
  /** How many each call has found: what the calls of the real run are held to. */
  readonly counts: readonly number[];
}

/** A dry run over everything that fits. */
export const listInBulk = (work: Work, api: Connection['api'], asked: Asked, resume: string | undefined) =>
  run(work, api, { ...asked, dryRun: true }, resume, null, () => false);

/**
 * Stops what fits, 500 at most in a call. An interrupt ends it after the call that is under way, and so does a failure: both
 * say with which `--resume` it goes on. `counts` are the dry run's: another number is refused before anything of that call
 * is done.
 */
export const stopInBulk = async (
  work: Work,
  api: Connection['api'],
  asked: Asked,
  resume: string | undefined,
  counts: readonly number[] | null,
): Promise<BulkReport> => {
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    void work.desk.warn('FINISHING', work.say('bulk.finishing'));
  };
  process.once('SIGINT', interrupt);
  try {
    return await run(work, api, { ...asked, dryRun: false }, resume, counts, () => interrupted);
  } finally {
    process.off('SIGINT', interrupt);
  }
};

const run = async (
  work: Work,
  api: Connection['api'],
  asked: Asked & { readonly dryRun: boolean },
  from: string | undefined,
  counts: readonly number[] | null,
  isInterrupted: () => boolean,
): Promise<BulkReport> => {
  const { desk, say } = work;
  const total = counts?.reduce((sum, each) => sum + each, 0) ?? null;
  let sum: BulkReport | null = null;
  let resume = from ?? null;
  do {
    const expectedCount = counts?.[sum?.counts.length ?? 0];
    const answer: Answer = await answerOf(
      tokensContract.bulk.output,
      api.tokens.bulk.mutate({
        ...asked,
        ...(resume === null ? {} : { resume }),
        ...(expectedCount === undefined ? {} : { expectedCount }),
      }),
    ).catch(async (error) => {
      if (!asked.dryRun && resume !== null) await desk.warn('UNFINISHED', say('bulk.unfinished', { resume }));
      throw error;
    });
    sum = add(sum, answer);
    resume = answer.resume;
    const count = sum.stoppedCount;
    if (!answer.done)
      await desk.notice(total === null ? say('bulk.soFar', { count }) : say('bulk.of', { count, total }));
  } while (resume !== null && !isInterrupted());
  if (resume !== null) {
    await desk.warn('UNFINISHED', say('bulk.unfinished', { resume }));
    work.exitWith(EXIT.interrupted);
  }
  return sum;
};

const add = (sum: BulkReport | null, { dryRun, bulkId, done, resume, items, ...answer }: Answer): BulkReport => ({
  ...{ dryRun, bulkId, done, resume },
  items: [...(sum?.items ?? []), ...items],
  stoppedCount: (sum?.stoppedCount ?? 0) + answer.stoppedCount,
  skippedCount: (sum?.skippedCount ?? 0) + answer.skippedCount,
  undecidedCount: (sum?.undecidedCount ?? 0) + answer.undecidedCount,
  counts: [...(sum?.counts ?? []), items.length],
});
