import { type JobName, jobContracts } from '@latchkey/store';
import { cascadeMemberRemoval } from './cascade-member-removal.ts';
import { deliverReminder } from './deliver-reminder.ts';
import type { JobHandler, JobHandlerDeps, JobOutcome } from './job-handler.ts';
import { notify } from './notify.ts';

const handlers = {
  'cascade-member-removal': cascadeMemberRemoval,
  'deliver-reminder': deliverReminder,
  notify,
} as const satisfies { readonly [Name in JobName]: JobHandler<Name> };

export const jobNames = Object.keys(handlers) as readonly JobName[];

export const isJobName = (name: string): name is JobName => Object.hasOwn(handlers, name);

/** A job as it comes out of a queue: read again as strictly as if it had never been checked. */
export const runJob = async (
  deps: JobHandlerDeps,
  job: { readonly name: string; readonly data: unknown },
  signal: AbortSignal,
): Promise<JobOutcome> => {
  if (!isJobName(job.name)) return { outcome: 'refused', because: `no handler for a job named ${job.name}` };
  const payload = jobContracts[job.name].safeParse(job.data);
  if (!payload.success) {
    return { outcome: 'refused', because: `payload breaks the contract: ${describeIssues(payload.error.issues)}` };
  }
  // The table's own type says that handler and contract of one name fit; it can't say so of a name that is not known.
  const handler = handlers[job.name] as JobHandler<JobName>;
  return handler(deps, payload.data, signal);
};

/** Where and how, never what: a value that should not be there may be anything, a secret included (SECRET-ONCE). */
export const describeIssues = (
  issues: readonly { readonly code?: string; readonly path: readonly PropertyKey[] }[],
): string =>
  issues.map(({ code, path }) => `${path.map(String).join('.') || '(root)'}: ${code ?? 'invalid'}`).join(', ');
