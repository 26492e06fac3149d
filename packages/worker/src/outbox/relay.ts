import { jobContracts, type OutboxMessage, type Store } from '@latchkey/store';
import type { Logger } from 'pino';
import { type JobQueue, type JobRequest, JobsUnavailable } from '../backend/job-backend.ts';
import { jobIdOf } from '../jobs/job-id.ts';
import { describeIssues, isJobName } from '../jobs/run-job.ts';
import { type HandOver, traceHandOver } from '../tracing/trace-hand-over.ts';

export type RelayDeps = {
  readonly store: Pick<Store, 'outbox'>;
  /** By the name of the job. */
  readonly queues: ReadonlyMap<string, JobQueue>;
  readonly logger: Logger;
};

type Relayed = { readonly relayed: readonly string[]; readonly failed: readonly string[] };

/** How many messages one pass takes: what a backend adds in one go well within a second. */
export const relayLimit = 100;

/**
 * One pass: committed messages become jobs. The job's id is the message's, so a pass that is repeated because it was
 * killed before its mark, or that another worker makes at the same time, adds nothing. Nor does one that hands over again
 * what is not done yet, but where the backend has lost it.
 *
 * A message that no job can come of is given back as failed and counted against itself alone: the outbox keeps it
 * visible, and the rest goes on.
 *
 * @returns how many messages were taken; fewer than `relayLimit` means that nothing is left that is due.
 * @throws JobsUnavailable, StoreUnavailable: nothing is marked, everything is tried again.
 */
export const relayOutbox = async ({ store, queues, logger }: RelayDeps): Promise<number> => {
  let takenCount = 0;
  await store.outbox.relay(relayLimit, async (messages): Promise<Relayed> => {
    takenCount = messages.length;
    const handOvers = new Map(messages.map((message) => [message.messageId, traceHandOver(message)]));
    let relayed: readonly string[] = [];
    try {
      const outcome = await handOver({ queues, logger }, messages, handOvers);
      relayed = outcome.relayed;
      return outcome;
    } finally {
      for (const [messageId, traced] of handOvers) traced.end(relayed.includes(messageId));
    }
  });
  return takenCount;
};

const handOver = async (
  { queues, logger }: Omit<RelayDeps, 'store'>,
  messages: readonly OutboxMessage[],
  handOvers: ReadonlyMap<string, HandOver>,
): Promise<Relayed> => {
  const failed: string[] = [];
  const ids = new Map<string, string>();
  const byQueue = new Map<JobQueue, JobRequest[]>();
  for (const message of messages) {
    const { messageId, organizationId, name, attempts } = message;
    const queue = queues.get(name);
    const problem = problemOf(message);
    if (queue === undefined || problem !== null) {
      logger.error({ messageId, organizationId, name, attempts, problem }, 'outbox message can not become a job');
      failed.push(messageId);
      continue;
    }
    const jobs = byQueue.get(queue) ?? [];
    jobs.push({
      ...{ name, data: message.payload, jobId: jobIdOf(message) },
      traceparent: handOvers.get(messageId)?.traceparent ?? null,
    });
    ids.set(jobIdOf(message), messageId);
    byQueue.set(queue, jobs);
  }

  const relayed: string[] = [];
  for (const [queue, jobs] of byQueue) {
    for (const [jobId, error] of await addEach(queue, jobs)) {
      const messageId = ids.get(jobId) ?? jobId;
      if (error === null) relayed.push(messageId);
      else {
        logger.error({ messageId, err: error }, 'outbox message was refused by the job backend');
        failed.push(messageId);
      }
    }
  }
  if (messages.length > 0) logger.debug({ relayedCount: relayed.length, failedCount: failed.length }, 'outbox relayed');
  return { relayed, failed };
};

const problemOf = ({ name, payload }: OutboxMessage): string | null => {
  // Not known here, though perhaps to a newer release, whose workers will take it while the outbox still tries.
  if (!isJobName(name)) return 'no job has this name';
  const parsed = jobContracts[name].safeParse(payload);
  return parsed.success ? null : describeIssues(parsed.error.issues);
};

/** All at once; where the backend refuses the lot, one by one, so that a single bad one does not hold back the others. */
const addEach = async (queue: JobQueue, jobs: readonly JobRequest[]): Promise<readonly [string, Error | null][]> => {
  try {
    await queue.add(jobs);
    return jobs.map(({ jobId }) => [jobId, null]);
  } catch (error) {
    if (error instanceof JobsUnavailable || jobs.length === 1) throw error;
  }
  const results: [string, Error | null][] = [];
  for (const job of jobs) {
    const refusal = await queue.add([job]).then(
      () => null,
      (error: Error) => error,
    );
    if (refusal instanceof JobsUnavailable) throw refusal;
    results.push([job.jobId, refusal]);
  }
  // Nobody got through: that is the backend's trouble, not the messages'.
  const first = results.find(([, refusal]) => refusal !== null)?.[1];
  if (first && results.every(([, refusal]) => refusal !== null)) throw first;
  return results;
};
