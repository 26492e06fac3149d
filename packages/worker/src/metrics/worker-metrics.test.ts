import { openStore } from '@latchkey/store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, openInstallation } from '../../test/installation.ts';
import { addMember, removeMember } from '../../test/removal.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());

it('what waits, what was tried and what came of it can be read, and nobody’s name', async () => {
  const memberId = await addMember(installation, 1);
  await removeMember(installation, memberId);
  await installation.query(`update latchkey.outbox_message set created_at = now() - interval '90 s'`);
  const metrics = createWorkerMetrics({ store: installation.workerStore });
  metrics.ran('cascade-member-removal', 'done', 40, 12);
  metrics.ran('cascade-member-removal', 'failed', 1, 0);
  metrics.finished('cascade-member-removal', 3_000);
  const text = await metrics.text();
  expect(text).toMatch(/^latchkey_outbox_messages 1$/m);
  expect(Number(/^latchkey_outbox_oldest_seconds (.*)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(90);
  expect(text).toMatch(/^latchkey_outbox_dead_letters 0$/m);
  expect(text).toMatch(/^latchkey_reminders_unsettled 0$/m);
  expect(text).toContain('latchkey_work_runs_total{work="cascade-member-removal",result="failed"} 1');
  expect(text).toContain('latchkey_work_effects_total{work="cascade-member-removal"} 12');
  expect(text).toContain('latchkey_work_seconds_count{work="cascade-member-removal"} 2');
  // The lag of each job, before it is handed over and after, and how long it took from the commit to the end.
  expect(text).toContain('latchkey_job_waiting{work="cascade-member-removal"} 1');
  expect(text).toContain('latchkey_job_unfinished{work="cascade-member-removal"} 0');
  expect(text).toContain('latchkey_job_dead_letters{work="cascade-member-removal"} 0');
  expect(text).toContain('latchkey_job_seconds_since_recorded_bucket{le="5",work="cascade-member-removal"} 1');
  expect(text).toMatch(/^latchkey_store_up 1$/m);
  expect(text).not.toContain(memberId);
  expect(text).not.toContain(installation.organizationId);
});

it('a job that waits no more has no lag, and a name that nobody knows is no label', async () => {
  const { query, organizationId } = installation;
  const metrics = createWorkerMetrics({ store: installation.workerStore });
  await query('delete from latchkey.outbox_message');
  await query(
    `insert into latchkey.outbox_message (organization_id, name, payload, created_at, relayed_at)
     values ($1, 'deliver-reminder', '{}', now() - interval '2 min', now()), ($1, 'job-of-next-year', '{}', now(), null)`,
    [organizationId],
  );
  const text = await metrics.text();
  const oldest = /latchkey_job_unfinished_oldest_seconds\{work="deliver-reminder"\} (.*)/.exec(text)?.[1];
  expect(Number(oldest)).toBeGreaterThanOrEqual(120);
  expect(text).not.toContain('next-year');
  await query('update latchkey.outbox_message set done_at = now()');
  expect(await metrics.text()).not.toContain('latchkey_job_unfinished{work="deliver-reminder"}');
});

it('a database that is away is said, and no value of before stands in for what nobody knows', async () => {
  const away = await openStore({
    url: 'postgresql://nobody:nothing@127.0.0.1:1/nowhere',
    applicationName: 'worker-tests',
    connectTimeoutMs: 500,
  });
  let store = installation.workerStore;
  const metrics = createWorkerMetrics({
    store: {
      outbox: { ...installation.workerStore.outbox, lag: () => store.outbox.lag() },
      reminders: installation.workerStore.reminders,
      now: () => installation.workerStore.now(),
    },
  });
  expect(await metrics.text()).toMatch(/^latchkey_store_up 1$/m);
  store = away;
  const text = await metrics.text();
  await away.close();
  expect(text).toMatch(/^latchkey_store_up 0$/m);
  expect(text).toMatch(/^latchkey_outbox_messages Nan$/im);
});
