import type { Clock } from '@latchkey/core';
import type { JobContract, JobName, Store } from '@latchkey/store';
import type { Announce, Notifiers } from '../notifications/notifier.ts';

export type JobHandlerDeps = {
  readonly store: Pick<
    Store,
    'unitOfWork' | 'tokens' | 'ownerGates' | 'audit' | 'feed' | 'reminders' | 'settings' | 'outbox'
  >;
  readonly clock: Clock;
  readonly notifiers: Notifiers;
  /** Left out: nobody is told. */
  readonly announce?: Announce;
};

export type JobOutcome =
  | { readonly outcome: 'done'; readonly effectCount: number }
  /** Told to stop between two slices; whoever takes the job next goes on from there. */
  | { readonly outcome: 'interrupted'; readonly effectCount: number }
  /** Trying again would not help: a dead letter. */
  | { readonly outcome: 'refused'; readonly because: string };

/**
 * What a job does. ONE-EFFECT: called several times, at once, late or out of order it has one effect. It works in
 * slices, each a short transaction of its own, and looks at `signal` between them.
 */
export type JobHandler<Name extends JobName> = (
  deps: JobHandlerDeps,
  payload: JobContract[Name],
  signal: AbortSignal,
) => Promise<JobOutcome>;
