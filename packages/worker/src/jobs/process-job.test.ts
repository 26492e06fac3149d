import { openStore } from '@latchkey/store';
import { DelayedError, UnrecoverableError, WaitingError } from 'bullmq';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Installation, openInstallation } from '../../test/installation.ts';
import { addMember, payloadFor, removeMember } from '../../test/removal.ts';
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
  metrics: { ran: () => undefined, finished: () => undefined },
  logger: pino({ level: 'silent' }),
};
const never = new AbortController().signal;
const createJob = (name: string, data: unknown) => ({
  id: 'job-1',
  name,
  data,
  attemptsMade: 0,
  opts: { attempts: 3 },
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

describe('what a job comes to is written into the outbox', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await openInstallation();
  });
  afterAll(() => installation.close());

  const add = async (memberId: string) => {
    const { organizationId } = installation;
    await installation.store.unitOfWork.run((tx) =>
      installation.store.outbox.add(tx, organizationId, 'cascade-member-removal', payloadFor(organizationId, memberId)),
    );
    const [row] = await installation.query<{ message_id: string }>(
      `select message_id from latchkey.outbox_message where payload ->> 'memberId' = $1`,
      [memberId],
    );
    const job = createJob('cascade-member-removal', payloadFor(organizationId, memberId));
    return { ...job, id: row?.message_id ?? expect.fail('the message is not there') };
  };
  const process = (job: Awaited<ReturnType<typeof add>>, store: Partial<Installation['workerStore']> = {}) =>
    createProcessor({ ...deps, store: { ...installation.workerStore, ...store } }, never)(job, 'lock');
  const stateOf = async ({ id }: { readonly id: string }) => {
    const [row] = await installation.query(
      `select done_at is not null as done, dead_at is not null as dead, dead_because as because
         from latchkey.outbox_message where message_id = $1`,
      [id.slice(0, 36)],
    );
    return row;
  };

  it('as done once its work is done, also under the name that it has after it was given up', async () => {
    const memberId = await addMember(installation, 2);
    await removeMember(installation, memberId);
    const job = await add(memberId);
    expect(await process({ ...job, id: `${job.id}.3` })).toEqual({ effectCount: 2 });
    expect(await stateOf(job)).toEqual({ done: true, dead: false, because: null });
  });

  it('as given up, with the reason, where it is refused', async () => {
    const job = await add(await addMember(installation, 1));
    await expect(process(job)).rejects.toThrow(UnrecoverableError);
    expect(await stateOf(job)).toEqual({
      done: false,
      dead: true,
      because: 'the gate of this owner is not closed',
    });
  });

  it('as given up after its last attempt, and not before, without the words of the error (SECRET-ONCE)', async () => {
    const job = await add('member-of-an-error');
    const ownerGates = {
      ...installation.workerStore.ownerGates,
      find: async () => {
        throw new Error('lk_pat_canary');
      },
    };
    await expect(process({ ...job, attemptsMade: 1 }, { ownerGates })).rejects.toThrow('canary');
    expect(await stateOf(job)).toMatchObject({ dead: false });
    await expect(process({ ...job, attemptsMade: 2 }, { ownerGates })).rejects.toThrow('canary');
    expect(await stateOf(job)).toEqual({ done: false, dead: true, because: 'it failed 3 times' });
  });

  it('as neither where it was interrupted', async () => {
    const memberId = await addMember(installation, 1);
    await removeMember(installation, memberId);
    const job = await add(memberId);
    const stopped = createProcessor({ ...deps, store: installation.workerStore }, AbortSignal.abort());
    await expect(stopped(job, 'lock')).rejects.toThrow(WaitingError);
    expect(await stateOf(job)).toMatchObject({ done: false, dead: false });
  });

  it('and a job that was made of no message leaves none behind', async () => {
    const memberId = await addMember(installation, 1);
    await removeMember(installation, memberId);
    const cascades = () =>
      installation.query(
        `select * from latchkey.outbox_message where name = 'cascade-member-removal' order by message_id`,
      );
    const before = await cascades();
    const job = createJob('cascade-member-removal', payloadFor(installation.organizationId, memberId));
    expect(await process({ ...job, id: 'made-by-hand' })).toEqual({ effectCount: 1 });
    expect(await cascades()).toEqual(before);
  });
});
