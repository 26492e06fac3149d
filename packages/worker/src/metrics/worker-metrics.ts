import type { Store } from '@latchkey/store';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { isJobName } from '../jobs/run-job.ts';

export type WorkResult = 'done' | 'interrupted' | 'refused' | 'failed';

/** What Prometheus is told. Labels are names that this program gives, never a token's, a member's or an organization's. */
export interface WorkerMetrics {
  /** One run of a job or a tick of a schedule. */
  ran(work: string, result: WorkResult, tookMs: number, effectCount: number): void;
  /** A job's work is done: so long after it was recorded, with every attempt and every wait in between. */
  finished(work: string, sinceRecordedMs: number): void;
  /** In the text format, with what the store says at this moment. */
  text(): Promise<string>;
  readonly contentType: string;
}

type MetricsDeps = { readonly store: Pick<Store, 'outbox' | 'reminders' | 'now'> };

export const createWorkerMetrics = ({ store }: MetricsDeps): WorkerMetrics => {
  const registers = [new Registry()] as const;
  const [registry] = registers;
  collectDefaultMetrics({ register: registry, prefix: 'latchkey_worker_' });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [...registers] });
  const outboxMessages = gauge('latchkey_outbox_messages', 'Messages that wait to become jobs');
  const outboxOldest = gauge('latchkey_outbox_oldest_seconds', 'Age of the oldest of them');
  const outboxDead = gauge('latchkey_outbox_dead_letters', 'Messages that were given up');
  const reminders = gauge('latchkey_reminders_unsettled', 'Reminders that were made and not delivered');
  const remindersOldest = gauge('latchkey_reminders_oldest_seconds', 'Age of the oldest of them');
  const storeUp = gauge('latchkey_store_up', '1 while the database answers');
  const runs = new Counter({
    name: 'latchkey_work_runs_total',
    help: 'Attempts at jobs and ticks of schedules, by result',
    labelNames: ['work', 'result'],
    registers: [...registers],
  });
  const effects = new Counter({
    name: 'latchkey_work_effects_total',
    help: 'What they changed: tokens, secrets, rows, messages sent',
    labelNames: ['work'],
    registers: [...registers],
  });
  const seconds = new Histogram({
    name: 'latchkey_work_seconds',
    help: 'How long an attempt took',
    labelNames: ['work'],
    buckets: [0.005, 0.025, 0.1, 0.25, 1, 5, 30, 120, 600],
    registers: [...registers],
  });

  const byJob = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['work'], registers: [...registers] });
  const waiting = byJob('latchkey_job_waiting', 'Recorded work that is not handed over yet, by job');
  const waitingOldest = byJob('latchkey_job_waiting_oldest_seconds', 'Age of the oldest of it');
  const unfinished = byJob('latchkey_job_unfinished', 'Work that was handed over and is not done, by job');
  const unfinishedOldest = byJob('latchkey_job_unfinished_oldest_seconds', 'Age of the oldest of it');
  const dead = byJob('latchkey_job_dead_letters', 'Work that was given up, by job');
  const lags = [waiting, waitingOldest, unfinished, unfinishedOldest, dead];
  const done = new Histogram({
    name: 'latchkey_job_seconds_since_recorded',
    help: 'From the commit that recorded the work until it was done: of a cascade, how long its rows took to follow',
    labelNames: ['work'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200],
    registers: [...registers],
  });

  const ask = async () => {
    const [outbox, jobs, unsettled] = await Promise.all([
      store.outbox.lag(),
      store.outbox.lagByName(),
      store.now().then((now) => store.reminders.lag(now)),
    ]);
    // A job without any has none: what was said of it before is over.
    for (const each of lags) each.reset();
    // BOUNDED-WORK: a name out of the table is a label only where it is one of ours.
    for (const job of jobs.filter(({ name }) => isJobName(name))) {
      const work = { work: job.name };
      waiting.set(work, job.waiting.count);
      waitingOldest.set(work, job.waiting.oldestMs / 1_000);
      unfinished.set(work, job.unfinished.count);
      unfinishedOldest.set(work, job.unfinished.oldestMs / 1_000);
      dead.set(work, job.deadCount);
    }
    outboxMessages.set(outbox.count);
    outboxOldest.set(outbox.oldestMs / 1_000);
    outboxDead.set(outbox.deadCount);
    reminders.set(unsettled.count);
    remindersOldest.set(unsettled.oldestMs / 1_000);
  };
  // A value of before would say that all is well while nobody can tell.
  const forget = () => {
    for (const each of [outboxMessages, outboxOldest, outboxDead, reminders, remindersOldest]) each.set(Number.NaN);
    for (const each of lags) each.reset();
  };

  return {
    contentType: registry.contentType,
    ran: (work, result, tookMs, effectCount) => {
      runs.inc({ work, result });
      seconds.observe({ work }, tookMs / 1_000);
      if (effectCount > 0) effects.inc({ work }, effectCount);
    },
    finished: (work, sinceRecordedMs) => done.observe({ work }, sinceRecordedMs / 1_000),
    text: async () => {
      const answered = await ask().then(
        () => true,
        () => false,
      );
      if (!answered) forget();
      storeUp.set(answered ? 1 : 0);
      return registry.metrics();
    },
  };
};
