import { openStore } from '@latchkey/store';
import { DelayedError, UnrecoverableError } from 'bullmq';
import { pino } from 'pino';
import { afterAll, expect, it, vi } from 'vitest';
import { createProcessor } from './process-job.ts';

const store = await openStore({
  url: 'postgresql://nobody:nothing@127.0.0.1:1/nowhere',
  applicationName: 'worker-tests',
  connectTimeoutMs: 500,
});
afterAll(() => store.close());

const deps = {
  store,
  clock: { now: () => 0 },
  notifiers: {},
  metrics: { ran: () => undefined },
  logger: pino({ level: 'silent' }),
};
const never = new AbortController().signal;
const createJob = (name: string, data: unknown) => ({
  id: 'job-1',
  name,
  data,
  moveToWait: vi.fn(async () => 0),
  moveToDelayed: vi.fn(async () => undefined),
});

it('a job whose database is away is put off, without losing one of its attempts', async () => {
  const job = createJob('cascade-member-removal', {
    organizationId: 'org-1',
    memberId: 'member-1',
    removedBy: { type: 'member', id: 'member-2' },
    requestId: null,
  });
  const startedAt = Date.now();
  await expect(createProcessor(deps, never)(job, 'lock')).rejects.toThrow(DelayedError);
  expect(job.moveToDelayed).toHaveBeenCalledExactlyOnceWith(expect.any(Number), 'lock');
  const [until] = job.moveToDelayed.mock.calls[0] as unknown as [number];
  expect(until - startedAt).toBeGreaterThan(1_000);
  expect(until - startedAt).toBeLessThan(20_000);
});

it('a job that nobody can do is not tried again', async () => {
  const job = createJob('job-of-next-year', {});
  await expect(createProcessor(deps, never)(job, 'lock')).rejects.toThrow(UnrecoverableError);
  expect(job.moveToDelayed).not.toHaveBeenCalled();
});
