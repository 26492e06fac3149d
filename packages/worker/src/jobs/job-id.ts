import type { OutboxMessage, OutboxMessageKey } from '@latchkey/store';

/**
 * The job of a message: the same each time that it is handed over, and another one each time that somebody takes it up
 * again, because a backend remembers the job that failed.
 */
export const jobIdOf = ({ messageId, revival }: Pick<OutboxMessage, 'messageId' | 'revival'>): string =>
  revival === 0 ? messageId : `${messageId}.${revival}`;

const JOB_ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.\d+)?$/;

/** The message that a job was made of; `null` where it was made of none: somebody else has written into the queue. */
export const messageOf = (job: {
  readonly id?: string | undefined;
  readonly data: unknown;
}): OutboxMessageKey | null => {
  const messageId = JOB_ID.exec(job.id ?? '')?.[1];
  const organizationId = (job.data as { readonly organizationId?: unknown } | null)?.organizationId;
  return messageId === undefined || typeof organizationId !== 'string' ? null : { organizationId, messageId };
};
